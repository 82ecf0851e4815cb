package io.blipmq.wal.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a few threads one at a time and lets them change places at the points that {@link StepPoints} has put into their
 * code, in every way that takes no more than some preemptions: what a hand-over does wrong in one of these orders is found
 * each time. What memory that is not volatile shows to another thread is not looked at. Thread-safe: only one of its threads
 * runs.
 *
 * <p>A thread that parks waits for its unpark, however long it meant to wait: a wakeup that is lost leaves everybody waiting,
 * which is an error. Who parks for less than {@link #POLL_NANOS} looks again by itself, once all others wait.
 */
public final class Interleaving {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int POINTS_MAX = 100_000;
    private static final long RUN_SECONDS_MAX = 60;

    private static volatile Interleaving running;

    private final Executor threads;
    private final List<Choice> choices;
    private final int preemptionsMax;
    private final Semaphore ended = new Semaphore(0);
    private final List<Task> tasks = new ArrayList<>();

    private int chosen;
    private int preemptions;
    private int points;
    private Throwable failure;

    /** What is done in each of the orders: sets up, calls {@link #run}, and looks at the result. */
    interface Scenario {
        void run(Interleaving turns) throws Exception;
    }

    /** What one thread does. */
    interface Work {
        void run() throws Exception;
    }

    private enum State {
        RUNNABLE,
        POLLING,
        PARKED,
        ENDED
    }

    /** Which of {@code count} threads went on. */
    private static final class Choice {
        private final int count;
        private int index;

        Choice(int count) {
            this.count = count;
        }
    }

    private static final class Task {
        private final String name;
        private final Work work;
        private final Semaphore turn = new Semaphore(0);
        private Thread thread;
        private State state = State.RUNNABLE;
        private boolean permit;

        Task(String name, Work work) {
            this.name = name;
            this.work = work;
        }
    }

    /** Ends the other threads when one has failed. */
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1;
    }

    private Interleaving(Executor threads, List<Choice> choices, int preemptionsMax) {
        this.threads = threads;
        this.choices = choices;
        this.preemptionsMax = preemptionsMax;
    }

    /**
     * Runs a scenario in all orders.
     *
     * @param preemptionsMax how often a thread loses its turn that could go on
     * @return how many orders there were
     */
    static int explore(int preemptionsMax, Scenario scenario) {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Choice> choices = new ArrayList<>();
        int orders = 0;
        try {
            do {
                orders++;
                scenario.run(new Interleaving(threads, choices, preemptionsMax));
            } while (hasNext(choices));
            return orders;
        } catch (Exception | AssertionError e) {
            throw new AssertionError("order " + orders + ": " + e.getMessage(), e);
        } finally {
            threads.shutdown();
        }
    }

    /** Depth first: the last choice that had another way is made anew, and all behind it begin at their first way. */
    private static boolean hasNext(List<Choice> choices) {
        while (!choices.isEmpty()) {
            Choice last = choices.get(choices.size() - 1);
            if (++last.index < last.count) {
                return true;
            }
            choices.remove(choices.size() - 1);
        }
        return false;
    }

    /** Adds a thread. */
    Interleaving with(String name, Work work) {
        tasks.add(new Task(name, work));
        return this;
    }

    /** Lets the threads take turns until all have ended. */
    void run() throws InterruptedException {
        running = this;
        try {
            tasks.forEach(task -> threads.execute(() -> run(task)));
            goOnWith(tasks);
            if (!ended.tryAcquire(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("a thread does not come back");
            }
        } finally {
            running = null;
        }
        if (failure != null) {
            throw new AssertionError(failure.getMessage() == null ? failure.toString() : failure.getMessage(), failure);
        }
    }

    private void run(Task task) {
        task.turn.acquireUninterruptibly();
        task.thread = Thread.currentThread();
        try {
            task.work.run();
        } catch (Stopped e) {
            // another one has failed
        } catch (Exception | Error e) {
            failure = failure == null ? e : failure;
        }
        task.state = State.ENDED;
        passOn();
    }

    // ---- called at the points

    public static void point() {
        Interleaving turns = running;
        Task self = turns == null ? null : turns.self();
        if (self != null) {
            turns.onPoint(self);
        }
    }

    public static void park() {
        parkNanos(null, Long.MAX_VALUE);
    }

    public static void parkNanos(long nanos) {
        parkNanos(null, nanos);
    }

    public static void parkNanos(Object blocker, long nanos) {
        Interleaving turns = running;
        Task self = turns == null ? null : turns.self();
        if (self == null) {
            LockSupport.parkNanos(blocker, nanos);
        } else {
            turns.onPark(self, nanos);
        }
    }

    public static void unpark(Thread thread) {
        Interleaving turns = running;
        if (turns == null || turns.self() == null) {
            LockSupport.unpark(thread);
        } else {
            point();
            turns.onUnpark(thread);
        }
    }

    private Task self() {
        return task(Thread.currentThread());
    }

    private Task task(Thread thread) {
        for (Task task : tasks) {
            if (task.thread == thread) {
                return task;
            }
        }
        return null;
    }

    private void onPoint(Task self) {
        if (++points > POINTS_MAX) {
            throw new AssertionError("the threads go round in circles: " + describe());
        }
        if (failure != null) {
            throw new Stopped();
        }
        if (preemptions == preemptionsMax) {
            return;
        }
        List<Task> candidates = inState(State.RUNNABLE);
        candidates.remove(self);
        candidates.add(0, self);
        Task next = choose(candidates);
        if (next != self) {
            preemptions++;
            next.turn.release();
            await(self);
        }
    }

    private void onPark(Task self, long nanos) {
        onPoint(self);
        if (!self.permit) {
            self.state = nanos < POLL_NANOS ? State.POLLING : State.PARKED;
            passOn();
            await(self);
            self.state = State.RUNNABLE;
        }
        self.permit = false;
    }

    private void onUnpark(Thread thread) {
        Task task = task(thread);
        if (task != null && task.state != State.ENDED) {
            task.permit = true;
            task.state = State.RUNNABLE;
        }
    }

    private void await(Task self) {
        self.turn.acquireUninterruptibly();
        if (failure != null) {
            throw new Stopped();
        }
    }

    // ---- who is next

    private void passOn() {
        List<Task> next = failure == null ? inState(State.RUNNABLE) : notEnded();
        if (next.isEmpty()) {
            next = inState(State.POLLING);
        }
        if (next.isEmpty() && !notEnded().isEmpty()) {
            failure = new AssertionError("everybody waits: " + describe());
            next = notEnded();
        }
        goOnWith(next);
    }

    private void goOnWith(List<Task> next) {
        if (next.isEmpty()) {
            ended.release();
        } else if (failure != null) {
            next.get(0).turn.release();
        } else {
            choose(next).turn.release();
        }
    }

    private Task choose(List<Task> candidates) {
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (chosen == choices.size()) {
            choices.add(new Choice(candidates.size()));
        }
        return candidates.get(choices.get(chosen++).index);
    }

    private List<Task> inState(State state) {
        return new ArrayList<>(
                tasks.stream().filter(task -> task.state == state).toList());
    }

    private List<Task> notEnded() {
        return tasks.stream().filter(task -> task.state != State.ENDED).toList();
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        tasks.forEach(task -> text.append(text.isEmpty() ? "" : ", ")
                .append(task.name)
                .append(' ')
                .append(task.state));
        return text.toString();
    }
}
