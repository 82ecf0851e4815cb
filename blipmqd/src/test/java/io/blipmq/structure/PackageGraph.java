package io.blipmq.structure;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which package uses which, as the compiled classes say. Immutable. */
final class PackageGraph {
    private static final String PRODUCT = "io.blipmq.";

    private final SortedMap<String, Set<String>> uses;

    private PackageGraph(SortedMap<String, Set<String>> uses) {
        this.uses = uses;
    }

    static PackageGraph of(JavaClasses classes) {
        SortedMap<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass type : classes) {
            Set<String> used = uses.computeIfAbsent(shortName(type), name -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith(PRODUCT))
                    .map(PackageGraph::shortName)
                    .filter(target -> !target.equals(shortName(type)))
                    .forEach(used::add);
        }
        return new PackageGraph(uses);
    }

    private static String shortName(JavaClass type) {
        return type.getPackageName().substring(PRODUCT.length());
    }

    /** In alphabetical order. */
    Collection<String> packages() {
        return uses.keySet();
    }

    /** The packages that a package uses, without those that it also reaches through another one of them. */
    Set<String> usesDirectly(String from) {
        return uses.get(from).stream()
                .filter(to -> !isImplied(from, to))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Packages of a cycle imply nothing about each other, so that all of its arrows show. */
    private boolean isImplied(String from, String to) {
        return uses.get(from).stream()
                .anyMatch(between -> !between.equals(to)
                        && reaches(between, to)
                        && !reaches(to, between)
                        && !reaches(between, from));
    }

    private boolean reaches(String from, String to) {
        return reaches(from, to, new TreeSet<>());
    }

    private boolean reaches(String from, String to, Set<String> visited) {
        return visited.add(from)
                && uses.getOrDefault(from, Set.of()).stream()
                        .anyMatch(next -> next.equals(to) || reaches(next, to, visited));
    }
}
