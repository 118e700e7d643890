package dev.paddock.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;

/** The fields of one mapping, each read as what it must be; what is not is a problem. */
final class Fields {
  private static final double MAX_COUNT = Integer.MAX_VALUE;

  private final Problems problems;
  private final YamlValue.Mapping keys;
  private final String where;

  /**
   * @param where follows a key's name in messages, such as {@code " in budget"}
   */
  Fields(Problems problems, YamlValue.Mapping keys, String where) {
    this.problems = problems;
    this.keys = keys;
    this.where = where;
  }

  void onlyKeys(List<String> allowed) {
    problems.onlyKeys(keys, where, allowed);
  }

  int line(String key) {
    return keys.find(key).map(YamlValue.Mapping.Entry::line).orElse(keys.line());
  }

  Optional<YamlValue> find(String key) {
    return keys.find(key).map(YamlValue.Mapping.Entry::value);
  }

  Optional<Fields> mapping(String key) {
    return find(key)
        .flatMap(value -> problems.mapping(value, key + where))
        .map(mapping -> new Fields(problems, mapping, " in " + key));
  }

  Optional<String> text(String key) {
    Optional<YamlValue> value = find(key);
    if (value.isPresent()
        && value.get() instanceof YamlValue.Scalar scalar
        && !scalar.text().isBlank()
        && !scalar.json().isNull()) {
      return Optional.of(scalar.text());
    }
    value.ifPresent(other -> wrong(key, "a text", other));
    return Optional.empty();
  }

  List<YamlValue.Scalar> texts(String key) {
    List<YamlValue.Scalar> texts = new ArrayList<>();
    Optional<YamlValue> value = find(key);
    if (value.isPresent() && value.get() instanceof YamlValue.Sequence list) {
      for (YamlValue item : list.items()) {
        if (item instanceof YamlValue.Scalar scalar && !scalar.json().isNull()) {
          texts.add(scalar);
        } else {
          problems.add(item.line(), "%s%s is a list of texts".formatted(key, where));
        }
      }
    } else {
      value.ifPresent(other -> wrong(key, "a list", other));
    }
    return texts;
  }

  /** A list of mappings; {@code what} names one of them in messages. */
  List<Fields> mappings(String key, String what) {
    Optional<YamlValue> value = find(key);
    if (value.isPresent() && value.get() instanceof YamlValue.Sequence list) {
      return list.items().stream()
          .flatMap(item -> problems.mapping(item, what).stream())
          .map(mapping -> new Fields(problems, mapping, " in " + what))
          .toList();
    }
    value.ifPresent(other -> wrong(key, "a list", other));
    return List.of();
  }

  Optional<Boolean> flag(String key) {
    Optional<YamlValue> value = find(key);
    if (value.isPresent()
        && value.get() instanceof YamlValue.Scalar scalar
        && scalar.json().isBoolean()) {
      return Optional.of(scalar.json().booleanValue());
    }
    value.ifPresent(other -> wrong(key, "true or false", other));
    return Optional.empty();
  }

  Optional<Double> fraction(String key) {
    return number(key, "a number between 0 and 1", n -> n > 0 && n < 1);
  }

  Optional<Double> count(String key) {
    return number(key, "a whole number from 1", n -> n >= 1 && n == Math.rint(n) && n <= MAX_COUNT);
  }

  Optional<Double> positive(String key) {
    return number(key, "a number above 0", n -> n > 0 && Double.isFinite(n));
  }

  private Optional<Double> number(String key, String what, DoublePredicate allowed) {
    Optional<YamlValue> value = find(key);
    if (value.isPresent()
        && value.get() instanceof YamlValue.Scalar scalar
        && scalar.json().isNumber()
        && allowed.test(scalar.json().doubleValue())) {
      return Optional.of(scalar.json().doubleValue());
    }
    value.ifPresent(other -> wrong(key, what, other));
    return Optional.empty();
  }

  Optional<Double> size(String key) {
    Optional<YamlValue> value = find(key);
    Optional<Long> bytes =
        value.flatMap(
            found ->
                found instanceof YamlValue.Scalar scalar
                    ? Sizes.bytes(scalar.text())
                    : Optional.empty());
    if (value.isPresent() && bytes.filter(n -> n > 0).isEmpty()) {
      wrong(key, "a size such as 512MiB", value.get());
    }
    return bytes.filter(n -> n > 0).map(Long::doubleValue);
  }

  private void wrong(String key, String what, YamlValue value) {
    problems.add(line(key), "%s%s must be %s, not %s".formatted(key, where, what, value.kind()));
  }
}
