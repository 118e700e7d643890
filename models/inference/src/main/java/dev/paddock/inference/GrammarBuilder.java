package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.inference.Formula.Copied;
import dev.paddock.provider.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns a schema into rules. */
final class GrammarBuilder {
  private static final int MAX_VALUES = 5_000;
  private static final int MAX_LISTED = 256;
  private static final int MAX_KEY = 1_000;

  private record Pending(List<Literal> literals, Value value) {}

  private record Refusal(Container rule, Formula.Unsupported reason) {}

  private final Map<String, String> sources;
  private final Shapes shapes;
  private final Map<List<Literal>, Value> values = new LinkedHashMap<>();
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final List<Container> containers = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final Map<List<String>, SourceTexts> texts = new HashMap<>();
  private final Map<Dfa, Dfa> keys = new HashMap<>();

  private GrammarBuilder(Schema root, Map<String, String> sources) {
    this.sources = sources;
    this.shapes = new Shapes(root, Set.copyOf(sources.keySet()));
  }

  static Value build(Schema root, Map<String, String> sources) {
    SchemaForm.check(root);
    GrammarBuilder builder = new GrammarBuilder(root, sources);
    Value value = builder.value(List.of(Literal.of(root)));
    while (!builder.pending.isEmpty()) {
      Pending next = builder.pending.remove();
      builder.fill(next.literals, next.value);
    }
    builder.settle();
    builder.check(value);
    return value;
  }

  private Value value(List<Literal> literals) {
    List<Literal> meaningful =
        literals.stream().filter(l -> !(l.schema().node().isBoolean() && holds(l))).toList();
    Value known = values.get(meaningful);
    if (known == null) {
      if (values.size() >= MAX_VALUES) {
        throw new ModelException(
            ErrorCode.LIMIT_EXCEEDED,
            "the schema describes more than " + MAX_VALUES + " different values");
      }
      known = new Value();
      values.put(meaningful, known);
      pending.add(new Pending(meaningful, known));
    }
    return known;
  }

  private static boolean holds(Literal literal) {
    return literal.schema().node().booleanValue() != literal.negated();
  }

  private void fill(List<Literal> literals, Value value) {
    for (ScalarCube cube : shapes.scalars(literals)) {
      for (Terminal terminal : Shapes.guarded(literals, () -> terminals(cube))) {
        value.add(new Rule.Scalar(terminal));
      }
    }
    for (ArrayCube cube : shapes.arrays(literals)) {
      add(value, Shapes.guarded(literals, () -> array(cube)), cube.unsupported);
    }
    for (ObjectCube cube : shapes.objects(literals)) {
      add(value, Shapes.guarded(literals, () -> object(cube)), cube.unsupported);
    }
  }

  private void add(Value value, Container rule, List<Formula.Unsupported> unsupported) {
    containers.add(rule);
    value.add(rule);
    unsupported.forEach(reason -> refusals.add(new Refusal(rule, reason)));
  }

  private List<Terminal> terminals(ScalarCube cube) {
    cube.unsupported()
        .ifPresent(
            u -> {
              throw SchemaForm.unsupported(u.pointer(), u.why());
            });
    if (cube.plain()) {
      return List.of(cube.language());
    }
    List<Terminal> terminals = new ArrayList<>();
    Dfa strings = cube.language().intersect(Scalars.STRINGS);
    Dfa others = cube.language().minus(Scalars.STRINGS);
    if (!others.isEmpty()) {
      terminals.add(others);
    }
    if (cube.copied().isPresent()) {
      CopiedText copied =
          new CopiedText(texts(cube.copied().get()), strings, cube.min(), cube.max());
      if (!copied.isEmpty()) {
        terminals.add(copied);
      }
    } else if (!strings.isEmpty()) {
      BoundedText text = new BoundedText(strings, cube.min(), cube.max());
      if (text.start() != Terminal.DEAD) {
        terminals.add(text);
      }
    }
    return terminals;
  }

  private SourceTexts texts(Copied copied) {
    return texts.computeIfAbsent(copied.sources(), names -> new SourceTexts(sources, names));
  }

  private Container object(ObjectCube cube) {
    List<ScalarCube> names = shapes.scalars(cube.names);
    List<ObjectRule.Property> properties = new ArrayList<>();
    Set<String> declared = cube.declared();
    for (String name : declared) {
      if (named(names, name)) {
        properties.add(
            new ObjectRule.Property(name, value(cube.value(name)), cube.required.contains(name)));
      } else if (cube.required.contains(name)) {
        properties.add(new ObjectRule.Property(name, new Value(), true));
      }
    }
    List<ObjectRule.Others> others = new ArrayList<>();
    if (!cube.closed(declared)) {
      cube.others(keyLanguage(names))
          .forEach(
              (literals, language) -> {
                Optional<List<byte[]>> few = language.enumerate(MAX_LISTED);
                if (few.isPresent()) {
                  few.get()
                      .forEach(
                          word ->
                              properties.add(
                                  new ObjectRule.Property(
                                      unescaped(word), value(literals), false)));
                } else {
                  others.add(
                      new ObjectRule.Others(
                          keys.computeIfAbsent(language, Scalars::keys), value(literals)));
                }
              });
    }
    for (ObjectRule.Property property : properties) {
      if (property.name().length() > MAX_KEY) {
        throw new ModelException(
            ErrorCode.LIMIT_EXCEEDED, "names a property longer than " + MAX_KEY + " characters");
      }
    }
    return new ObjectRule(properties, others, cube.min, cube.max);
  }

  private static String unescaped(byte[] word) {
    return dev.paddock.core.Json.tree('"' + new String(word, StandardCharsets.UTF_8) + '"')
        .textValue();
  }

  private static boolean named(List<ScalarCube> names, String name) {
    byte[] word = CanonicalJson.string(name).getBytes(StandardCharsets.UTF_8);
    int length = name.codePointCount(0, name.length());
    return names.stream()
        .anyMatch(c -> c.language().matches(word) && c.min() <= length && length <= c.max());
  }

  /** The contents of all keys that the schemas for names allow. */
  private static Dfa keyLanguage(List<ScalarCube> names) {
    Dfa language = Dfa.EMPTY;
    for (ScalarCube cube : names) {
      language = language.union(unbounded(cube).intersect(Scalars.STRINGS));
    }
    return Scalars.contents(language);
  }

  /** The language with its lengths worked in. */
  private static Dfa unbounded(ScalarCube cube) {
    cube.unsupported()
        .ifPresent(
            u -> {
              throw SchemaForm.unsupported(u.pointer(), u.why());
            });
    if (cube.copied().isPresent()) {
      throw SchemaForm.unsupported(
          cube.copied().get().pointer(), "it is for values, not for keys or distinct items");
    }
    return cube.plain()
        ? cube.language()
        : cube.language().intersect(Scalars.lengths(cube.min(), cube.max()));
  }

  private Container array(ArrayCube cube) {
    int prefix = cube.prefix();
    Optional<ArrayRule.Contains> contains = Optional.empty();
    ArrayRule.Items items = items(cube, prefix, List.of());
    if (!cube.contains.isEmpty()) {
      Formula.Contains wanted = cube.contains.getFirst();
      if (cube.contains.size() > 1) {
        throw SchemaForm.unsupported(
            cube.contains.get(1).pointer(), "a second contains cannot be enforced");
      }
      contains =
          Optional.of(
              new ArrayRule.Contains(
                  items(cube, prefix, List.of(wanted.item())), wanted.min(), wanted.max()));
      if (wanted.max() != Formula.UNBOUNDED) {
        items = items(cube, prefix, List.of(wanted.item().not()));
      }
    }
    Optional<Dfa> distinct = Optional.empty();
    if (!cube.unique.isEmpty() && cube.max > 1) {
      String pointer = cube.unique.getFirst().pointer();
      if (prefix > 0 || !cube.contains.isEmpty()) {
        throw SchemaForm.unsupported(
            pointer, "it cannot be enforced beside prefixItems or contains");
      }
      distinct = Optional.of(distinct(cube.item(0), pointer));
    }
    return new ArrayRule(items, contains, distinct, cube.min, cube.max);
  }

  private ArrayRule.Items items(ArrayCube cube, int prefix, List<Literal> also) {
    List<Value> first = new ArrayList<>();
    for (int i = 0; i < prefix; i++) {
      first.add(value(both(cube.item(i), also)));
    }
    return new ArrayRule.Items(first, value(both(cube.item(prefix), also)));
  }

  private static List<Literal> both(List<Literal> item, List<Literal> also) {
    List<Literal> all = new ArrayList<>(item);
    also.stream().filter(l -> !item.contains(l)).forEach(all::add);
    return all;
  }

  private Dfa distinct(List<Literal> item, String pointer) {
    if (!shapes.arrays(item).isEmpty() || !shapes.objects(item).isEmpty()) {
      throw SchemaForm.unsupported(
          pointer, "it can be enforced for strings, numbers, booleans and null only");
    }
    Dfa language = Dfa.EMPTY;
    for (ScalarCube cube : shapes.scalars(item)) {
      language = language.union(unbounded(cube));
    }
    return language;
  }

  private void settle() {
    boolean changed = true;
    while (changed) {
      containers.forEach(Container::settle);
      changed = false;
      for (Value value : values.values()) {
        changed |= value.settle();
      }
    }
  }

  private void check(Value root) {
    for (Refusal refusal : refusals) {
      if (refusal.rule.depth() < Value.NEVER) {
        throw SchemaForm.unsupported(refusal.reason.pointer(), refusal.reason.why());
      }
    }
    if (root.depth() > Frame.MAX_DEPTH) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          root.possible()
              ? "every value of the schema is nested deeper than " + Frame.MAX_DEPTH
              : "no value obeys the schema: its parts contradict each other, it needs itself"
                  + " without an end, or nothing in the given texts matches"
                  + impossible());
    }
  }

  /** The places of schemas that no value obeys, for the message. */
  private String impossible() {
    List<String> places =
        values.entrySet().stream()
            .filter(e -> !e.getValue().possible() && !e.getKey().isEmpty())
            .map(e -> Shapes.where(e.getKey()))
            .distinct()
            .limit(5)
            .toList();
    return "; see " + String.join(", ", places);
  }
}
