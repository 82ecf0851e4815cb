package io.blipmq.structure;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A {@link PackageGraph} as a Mermaid diagram: a box for each module, its packages in it, and an arrow from each package
 * to those that it uses. Arrows that follow from others are left out. Stateless.
 */
final class PackagePicture {
    private PackagePicture() {}

    static String draw(PackageGraph graph) {
        StringBuilder picture = new StringBuilder("```mermaid\nflowchart TD\n");
        for (String module : modules(graph)) {
            picture.append("    subgraph ").append(artifact(module)).append("\n");
            graph.packages().stream()
                    .filter(name -> module(name).equals(module))
                    .forEach(name -> picture.append("        %s[%s]\n".formatted(node(name), name)));
            picture.append("    end\n");
        }
        for (String from : graph.packages()) {
            graph.usesDirectly(from).forEach(to -> picture.append("    %s --> %s\n".formatted(node(from), node(to))));
        }
        return picture.append("```\n").toString();
    }

    private static List<String> modules(PackageGraph graph) {
        return graph.packages().stream().map(PackagePicture::module).distinct().collect(Collectors.toList());
    }

    private static String module(String name) {
        return name.split("\\.")[0];
    }

    private static String artifact(String module) {
        return module.equals("daemon") ? "blipmqd" : "blipmq-" + module;
    }

    private static String node(String name) {
        return name.replace('.', '_');
    }
}
