package io.mptcplb.policy;

import io.mptcplb.policy.Value.Items;
import io.mptcplb.policy.Value.Kind;
import io.mptcplb.policy.Value.Mapping;
import io.mptcplb.policy.Value.Member;
import io.mptcplb.policy.Value.Scalar;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * YAML 1.2 text to a {@link Value} tree, by the library's node graph: the only form of it that
 * keeps lines.
 */
final class YamlTree {
    static final int CHARACTERS_MAX = 4 << 20;

    /** More than any configuration has; stops documents whose aliases multiply. */
    private static final int NODES_MAX = 1 << 20;

    private static final int DEPTH_MAX = 32;
    private static final String PATH = "yaml";

    private final String label;
    private final Problems problems;
    private int nodes;

    private YamlTree(String label, Problems problems) {
        this.label = label;
        this.problems = problems;
    }

    /** The document; empty when it is no YAML, which is then reported. */
    static Optional<Value> parse(String label, String text, Problems problems) {
        YamlTree tree = new YamlTree(label, problems);
        try {
            return tree.compose(text);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            problems.add(new Source(label, line), PATH, oneLine(e.getProblem()));
        } catch (ReaderException e) {
            int line =
                    1
                            + (int)
                                    text.codePoints()
                                            .limit(e.getPosition())
                                            .filter(c -> c == '\n')
                                            .count();
            problems.add(
                    new Source(label, line),
                    PATH,
                    String.format("character U+%04X is not allowed in YAML", e.getCodePoint()));
        } catch (YamlEngineException e) {
            problems.add(new Source(label, 1), PATH, oneLine(String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s+", " ");
    }

    private Optional<Value> compose(String text) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setLabel(label)
                        .setUseMarks(true)
                        .setCodePointLimit(CHARACTERS_MAX)
                        .setMaxAliasesForCollections(NODES_MAX)
                        .build();
        checkDepth(settings, text);
        Iterator<Node> documents = new Compose(settings).composeAllFromString(text).iterator();
        if (!documents.hasNext()) {
            problems.add(new Source(label, 1), PATH, "the document is empty");
            return Optional.empty();
        }
        Node first = documents.next();
        if (documents.hasNext()) {
            problems.add(
                    at(documents.next()),
                    PATH,
                    "a second document; there is one configuration in a file");
        }
        return Optional.of(convert(first, 0));
    }

    /**
     * The library composes by recursion, so depth is bounded before, by the flat stream of events.
     */
    private static void checkDepth(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            if (event instanceof CollectionStartEvent) {
                depth++;
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (depth > DEPTH_MAX) {
                throw tooMuch();
            }
        }
    }

    private static YamlEngineException tooMuch() {
        return new YamlEngineException("nested or aliased beyond all measure");
    }

    private Value convert(Node node, int depth) {
        if (depth > DEPTH_MAX || ++nodes > NODES_MAX) {
            throw tooMuch();
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode sequence -> new Items(at(node), items(sequence, depth));
            case MappingNode mapping -> new Mapping(at(node), members(mapping, depth));
            default -> throw new YamlEngineException("unknown kind of node " + node.getNodeType());
        };
    }

    private Scalar scalar(ScalarNode node) {
        Tag tag = node.getTag();
        Kind kind = Kind.TEXT;
        if (tag.equals(Tag.INT)) {
            kind = Kind.INTEGER;
        } else if (tag.equals(Tag.FLOAT)) {
            kind = Kind.DECIMAL;
        } else if (tag.equals(Tag.BOOL)) {
            kind = Kind.BOOLEAN;
        } else if (tag.equals(Tag.NULL)) {
            kind = Kind.NULL;
        } else if (!tag.equals(Tag.STR)) {
            problems.add(at(node), PATH, "tags such as " + tag + " have no meaning here");
        }
        return new Scalar(at(node), node.getValue(), kind);
    }

    private List<Value> items(SequenceNode sequence, int depth) {
        List<Value> values = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            values.add(convert(item, depth + 1));
        }
        return values;
    }

    private List<Member> members(MappingNode mapping, int depth) {
        List<Member> members = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                members.add(
                        new Member(
                                at(key), key.getValue(), convert(tuple.getValueNode(), depth + 1)));
            } else {
                problems.add(at(tuple.getKeyNode()), PATH, "a key must be one word");
            }
        }
        return members;
    }

    private Source at(Node node) {
        return new Source(label, node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0));
    }
}
