package io.blipmq.wal.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

/**
 * Has every class of the product and of its tests for itself, some of them changed, so that they see each other's
 * package-private parts. Thread-safe.
 */
final class OwnClasses extends ClassLoader {
    private static final String OWN_PACKAGES = "io.blipmq.";

    private final Map<String, byte[]> replaced;
    private final UnaryOperator<byte[]> change;

    /**
     * @param replaced classes by name, in place of those that are built
     * @param change is made to every class
     */
    OwnClasses(Map<String, byte[]> replaced, UnaryOperator<byte[]> change) {
        super(OwnClasses.class.getClassLoader());
        this.replaced = replaced;
        this.change = change;
        setDefaultAssertionStatus(true);
    }

    /** @param trial a class with a public constructor without parameters */
    LongFunction<String> trial(Class<? extends LongFunction<String>> trial) {
        try {
            @SuppressWarnings("unchecked")
            LongFunction<String> own = (LongFunction<String>)
                    loadClass(trial.getName()).getConstructor().newInstance();
            return own;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no trial: " + trial, e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OWN_PACKAGES)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = replaced.get(name);
        if (bytes == null) {
            bytes = built(name);
        }
        bytes = change.apply(bytes);
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] built(String name) throws ClassNotFoundException {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
