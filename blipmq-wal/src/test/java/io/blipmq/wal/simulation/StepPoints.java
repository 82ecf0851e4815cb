package io.blipmq.wal.simulation;

import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Puts a point of {@link Interleaving} before everything in a class that another thread can see or wait for: an access to
 * a volatile field of its own, a call of a concurrent collection or an atomic number, parking and unparking. Stateless.
 *
 * <p>Between two such points a thread touches only what is its own, or what one of them has handed over, so nothing is
 * missed when threads change places at these points only.
 */
final class StepPoints {
    private static final String INTERLEAVING = "io/blipmq/wal/simulation/Interleaving";
    private static final String PARKING = "java/util/concurrent/locks/LockSupport";
    /** What schedules, what only counts, and the disk, which is one lock. */
    private static final Set<String> WITHOUT =
            Set.of(INTERLEAVING, "io/blipmq/wal/append/LogMetrics", "io/blipmq/wal/storage/SimulatedStorage");

    static byte[] into(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        String outermost = reader.getClassName().split("\\$", 2)[0];
        if (WITHOUT.contains(outermost)) {
            return bytes;
        }
        Set<String> shared = volatileFields(reader);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor code = super.visitMethod(access, name, descriptor, signature, exceptions);
                        return new Points(code, reader.getClassName(), shared);
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static Set<String> volatileFields(ClassReader reader) {
        Set<String> names = new HashSet<>();
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public FieldVisitor visitField(
                            int access, String name, String descriptor, String signature, Object value) {
                        if ((access & Opcodes.ACC_VOLATILE) != 0) {
                            names.add(name);
                        }
                        return null;
                    }
                },
                ClassReader.SKIP_CODE);
        return names;
    }

    private static final class Points extends MethodVisitor {
        private final String owner;
        private final Set<String> shared;

        Points(MethodVisitor code, String owner, Set<String> shared) {
            super(Opcodes.ASM9, code);
            this.owner = owner;
            this.shared = shared;
        }

        @Override
        public void visitFieldInsn(int opcode, String fieldOwner, String name, String descriptor) {
            if (fieldOwner.equals(owner) && shared.contains(name)) {
                point();
            }
            super.visitFieldInsn(opcode, fieldOwner, name, descriptor);
        }

        @Override
        public void visitMethodInsn(int opcode, String callOwner, String name, String descriptor, boolean ofInterface) {
            if (callOwner.equals(PARKING)) {
                super.visitMethodInsn(Opcodes.INVOKESTATIC, INTERLEAVING, name, descriptor, false);
                return;
            }
            if (isShared(callOwner)) {
                point();
            }
            super.visitMethodInsn(opcode, callOwner, name, descriptor, ofInterface);
        }

        private static boolean isShared(String type) {
            return type.equals("java/util/Queue")
                    || type.startsWith("java/util/concurrent/Concurrent")
                    || type.startsWith("java/util/concurrent/atomic/");
        }

        private void point() {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, INTERLEAVING, "point", "()V", false);
        }
    }

    private StepPoints() {}
}
