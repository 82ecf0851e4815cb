package io.blipmq.structure;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which packages depend on each other in a circle. Immutable. */
final class PackageCycles {
    private static final String OURS = "io.blipmq.";

    private final Map<String, Set<String>> dependencies = new TreeMap<>();

    PackageCycles(Iterable<JavaClass> classes) {
        for (JavaClass type : classes) {
            type.getDirectDependenciesFromSelf()
                    .forEach(dependency -> add(type, dependency.getTargetClass().getBaseComponentType()));
        }
    }

    private void add(JavaClass from, JavaClass to) {
        if (to.getPackageName().startsWith(OURS) && !to.getPackageName().equals(from.getPackageName())) {
            dependencies
                    .computeIfAbsent(from.getPackageName(), name -> new TreeSet<>())
                    .add(to.getPackageName());
        }
    }

    /** The largest sets of packages, each of which reaches all others of its set. */
    Set<Set<String>> find() {
        Set<Set<String>> cycles = new HashSet<>();
        for (String name : dependencies.keySet()) {
            Set<String> cycle = new TreeSet<>();
            for (String other : reachable(name)) {
                if (reachable(other).contains(name)) {
                    cycle.add(other);
                }
            }
            if (!cycle.isEmpty()) {
                cycles.add(cycle);
            }
        }
        return cycles;
    }

    /** The package itself only if a cycle leads back to it. */
    private Set<String> reachable(String name) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(of(name));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (seen.add(next)) {
                open.addAll(of(next));
            }
        }
        return seen;
    }

    private Set<String> of(String name) {
        return dependencies.getOrDefault(name, Set.of());
    }
}
