package dev.paddock.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.provider.ModelException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The keywords for strings and numbers; languages are built once for each schema. */
final class ScalarKeywords {
  private final Set<String> sources;
  private final Map<String, Dfa> languages = new HashMap<>();

  ScalarKeywords(Set<String> sources) {
    this.sources = sources;
  }

  Formula formula(Schema schema, String keyword, Schema at) {
    JsonNode value = at.node();
    return switch (keyword) {
      case "minimum" -> atLeast(value.decimalValue(), false, at);
      case "exclusiveMinimum" -> atLeast(value.decimalValue(), true, at);
      case "maximum" -> atMost(value.decimalValue(), false, at);
      case "exclusiveMaximum" -> atMost(value.decimalValue(), true, at);
      case "multipleOf" -> {
        Dfa multiples =
            language(
                at.pointer(),
                "multiples " + value.decimalValue(),
                () ->
                    NumberLanguage.multiplesOf(value.decimalValue())
                        .intersect(Scalars.PLAIN_NUMBERS));
        yield new Formula.Opposites(
            multiples.union(Scalars.NOT_NUMBERS), Scalars.PLAIN_NUMBERS.minus(multiples));
      }
      case "minLength" -> new Formula.Length(SchemaReader.count(value), Formula.UNBOUNDED);
      case "maxLength" -> new Formula.Length(0, SchemaReader.count(value));
      case "pattern" -> new Formula.Words(strings(contents(value.textValue(), at.pointer())));
      case "format" -> {
        Optional<Dfa> contents = guarded(at.pointer(), () -> Formats.contents(value.textValue()));
        yield contents.isEmpty()
            ? Formula.TRUE
            : new Formula.Within(strings(contents.get()), at.pointer());
      }
      case "x-paddock-source" -> source(schema, at);
      default -> Formula.TRUE;
    };
  }

  /** A mask says nothing of the other types. */
  private static Dfa strings(Dfa contents) {
    return Scalars.quoted(contents).union(Scalars.NOT_STRINGS);
  }

  private Formula atLeast(BigDecimal value, boolean exclusive, Schema at) {
    return new Formula.Opposites(
        above(value, exclusive, at).union(Scalars.NOT_NUMBERS), below(value, !exclusive, at));
  }

  private Formula atMost(BigDecimal value, boolean exclusive, Schema at) {
    return new Formula.Opposites(
        below(value, exclusive, at).union(Scalars.NOT_NUMBERS), above(value, !exclusive, at));
  }

  private Dfa above(BigDecimal value, boolean exclusive, Schema at) {
    Optional<NumberLanguage.Bound> bound = Optional.of(new NumberLanguage.Bound(value, exclusive));
    return language(
        at.pointer(),
        "above " + value + exclusive,
        () -> NumberLanguage.between(bound, Optional.empty()));
  }

  private Dfa below(BigDecimal value, boolean exclusive, Schema at) {
    Optional<NumberLanguage.Bound> bound = Optional.of(new NumberLanguage.Bound(value, exclusive));
    return language(
        at.pointer(),
        "below " + value + exclusive,
        () -> NumberLanguage.between(Optional.empty(), bound));
  }

  private Formula source(Schema schema, Schema at) {
    if (at.node().isBoolean() && !at.node().booleanValue()) {
      return Formula.TRUE;
    }
    if (!schema.node().path("type").toString().contains("\"string\"")) {
      throw SchemaForm.unsupported(
          at.pointer(), "it is for strings: give the schema \"type\": \"string\"");
    }
    if (sources.isEmpty()) {
      throw SchemaForm.unsupported(at.pointer(), "no text was given to copy from");
    }
    String from = at.node().path("from").asText();
    if (from.isEmpty()) {
      return new Formula.Copied(sources.stream().sorted().toList(), at.pointer());
    }
    if (!sources.contains(from)) {
      throw SchemaForm.unsupported(
          at.pointer(), "no text is named \"" + from + "\"; given are " + sources);
    }
    return new Formula.Copied(List.of(from), at.pointer());
  }

  /** Given values, as they are spelled. */
  Formula words(List<JsonNode> values, String pointer) {
    List<String> words = new ArrayList<>();
    for (JsonNode value : values) {
      if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
        throw SchemaForm.unsupported(pointer, "a number is beyond those that are written");
      }
      String word = CanonicalJson.write(value);
      if (!Scalars.ALL.matches(word.getBytes(StandardCharsets.UTF_8))) {
        throw SchemaForm.unsupported(
            pointer, "the value " + word + " is beyond the numbers or characters that are written");
      }
      words.add(word);
    }
    return new Formula.Words(language(pointer, "enum " + words, () -> Scalars.words(words)));
  }

  /** The contents of strings in which an expression is found. */
  Dfa contents(String expression, String pointer) {
    return language(pointer, "pattern " + expression, () -> Regex.search(expression));
  }

  private Dfa language(String pointer, String name, Supplier<Dfa> build) {
    Dfa known = languages.get(name);
    if (known == null) {
      known = guarded(pointer, build);
      languages.put(name, known);
    }
    return known;
  }

  /** Says where the expression or number stands that was refused. */
  private static <T> T guarded(String pointer, Supplier<T> build) {
    try {
      return build.get();
    } catch (ModelException e) {
      throw new ModelException(
          e.code(), SchemaForm.UNSUPPORTED + pointer + ": it " + e.getMessage(), e);
    }
  }
}
