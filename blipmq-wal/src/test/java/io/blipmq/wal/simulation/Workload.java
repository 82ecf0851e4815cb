package io.blipmq.wal.simulation;

import java.io.IOException;

/** Small traffic that is the same each time, for {@link CrashPoints}. Immutable. */
enum Workload {
    /** Turns of one to three records, over several segments. */
    ROLLS {
        @Override
        void run(Session session) throws IOException {
            session.start();
            for (int turn = 0; turn < 24; turn++) {
                for (int record = 0; record <= turn % 3; record++) {
                    session.append(turn % 5 == 0 ? 1_900 : 300);
                }
                session.turn(turn % 4 != 3);
            }
        }
    },

    /** Clean ends, kills and power losses, each followed by a start and a little more. */
    RESTARTS {
        @Override
        void run(Session session) throws IOException {
            session.start();
            for (int life = 0; life < 7; life++) {
                for (int turn = 0; turn < 4; turn++) {
                    session.append(400);
                    session.append(100);
                    session.turn(turn != 2);
                }
                if (life == 3) {
                    session.checkpoint();
                }
                session.append(900);
                if (life % 3 == 0) {
                    session.turn(false);
                } else {
                    session.submitOnly();
                }
                session.end(life % 3);
            }
        }
    },

    /** Checkpoints, each of which deletes segments or rewrites sparse ones. */
    COMPACTS {
        @Override
        void run(Session session) throws IOException {
            session.start();
            for (int round = 0; round < 4; round++) {
                for (int turn = 0; turn < 12; turn++) {
                    session.append(900);
                    session.append(500);
                    session.turn(true);
                    session.settle(60);
                }
                session.checkpoint();
            }
        }
    },

    /** Frames of several records, of which the core has taken some, or that nobody has forced, when a checkpoint begins. */
    PARTS {
        @Override
        void run(Session session) throws IOException {
            session.start();
            for (int life = 0; life < 3; life++) {
                for (int record = 0; record < 6; record++) {
                    session.append(150);
                }
                session.take(2 + life % 3);
                session.checkpoint();
                session.append(200);
                session.turn(false);
                session.checkpoint();
                session.end(1 + life % 2);
            }
        }
    },

    /** A few records, a checkpoint, and ends of every kind; short, for starts that die themselves. */
    STARTS {
        @Override
        void run(Session session) throws IOException {
            session.start();
            session.append(700);
            session.submitOnly();
            session.end(1);
            session.append(600);
            session.turn(true);
            session.checkpoint();
            session.append(500);
            session.append(1_500);
            session.submitOnly();
            session.end(2);
            session.append(300);
            session.turn(true);
            session.end(0);
        }
    },

    /** The disk is full for a while, a checkpoint makes room, and traffic goes on. */
    FULL {
        @Override
        void run(Session session) throws IOException {
            session.start();
            session.fill(30);
            session.limitRoom(2_000);
            session.fill(40);
            session.settle(200);
            session.checkpoint();
            session.fill(10);
            session.limitRoom(Long.MAX_VALUE);
            session.checkpoint();
            session.fill(10);
            session.end(0);
        }
    };

    abstract void run(Session session) throws IOException;

    /** What a workload may do. */
    interface Session {
        void start() throws IOException;

        void append(int bytes);

        /** Hands over what was appended, and lets the threads take turns. */
        void turn(boolean force) throws IOException;

        /** Hands over what was appended, and takes so many records of it when it is stored. */
        void take(int records);

        /** Hands over what was appended, lets the log thread write it, and nobody hears of it. */
        void submitOnly();

        /** Turns of a record each. */
        void fill(int turns) throws IOException;

        void settle(int count);

        /** Writes a checkpoint to its end, unless the disk has no room. */
        void checkpoint() throws IOException;

        void limitRoom(long bytes);

        /** @param how 0 cleanly, 1 by a kill, 2 by a power loss; and starts again */
        void end(int how) throws IOException;
    }
}
