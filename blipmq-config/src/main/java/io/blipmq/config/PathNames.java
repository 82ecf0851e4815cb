package io.blipmq.config;

import java.nio.charset.Charset;

/** Tells a path that nobody can have from one that only this process cannot name, because of its locale. Stateless. */
final class PathNames {
    private static final Charset OF_PROCESS = ofProcess();

    private PathNames() {}

    private static Charset ofProcess() {
        String name = System.getProperty("sun.jnu.encoding", "");
        return name.isEmpty() || !Charset.isSupported(name) ? Charset.defaultCharset() : Charset.forName(name);
    }

    /** Whether the locale that this process runs in has all characters of a path. */
    static boolean isNameable(String path) {
        return OF_PROCESS.newEncoder().canEncode(path);
    }

    /** What is wrong with one that is not {@link #isNameable}, to follow the path in a message. */
    static String unnameable() {
        return "has characters that this process's locale does not have, whose encoding is " + OF_PROCESS
                + "; set LC_ALL to a locale that is installed and has them, such as C.UTF-8";
    }
}
