package dev.paddock.extract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What to find in each document.
 *
 * @param absent what a worked example says where a document lacks a value
 */
record ExtractionSchema(
    String instruction, String absent, List<Field> fields, List<WorkedExample> examples) {

  /** Something a model is asked about a document. */
  record Question(String key, String text) {}

  Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  /** Each field's question, then those of its decoys. */
  List<Question> questions() {
    List<Question> questions = new ArrayList<>();
    for (Field field : fields) {
      field.question().ifPresent(q -> questions.add(new Question(field.name(), q)));
      for (Field.Decoy decoy : field.decoys()) {
        decoy.question().ifPresent(q -> questions.add(new Question(decoy.name(), q)));
      }
    }
    return questions;
  }

  /** The labels that compete beside values of a field's kind, by role. */
  Map<String, List<Label>> rolesFor(Field field) {
    Map<String, List<Label>> roles = new LinkedHashMap<>();
    for (Field other : fields) {
      if (other.format().name().equals(field.format().name())) {
        roles.put(other.name(), other.labels());
        other.decoys().forEach(decoy -> roles.putIfAbsent(decoy.name(), decoy.labels()));
      }
    }
    return roles;
  }

  /** Whether a text is just the label of some value. */
  boolean isLabel(String text) {
    List<String> words = Words.of(text);
    return fields.stream()
        .flatMap(
            f ->
                Stream.concat(
                    f.labels().stream(), f.decoys().stream().flatMap(d -> d.labels().stream())))
        .anyMatch(label -> label.words().equals(words));
  }

  /** The fields, each after those it needs. */
  List<Field> inOrderOfNeed() {
    List<Field> ordered = new ArrayList<>();
    Set<String> done = new HashSet<>();
    while (ordered.size() < fields.size()) {
      List<Field> ready =
          fields.stream()
              .filter(f -> !done.contains(f.name()) && done.containsAll(f.needs()))
              .toList();
      if (ready.isEmpty()) {
        List<String> stuck =
            fields.stream().map(Field::name).filter(n -> !done.contains(n)).toList();
        throw StrictObject.error("/properties", "fields need each other in a circle: " + stuck);
      }
      ready.forEach(f -> done.add(f.name()));
      ordered.addAll(ready);
    }
    return ordered;
  }

  /** What a model reads before the document: the instruction and the worked examples. */
  String prompt() {
    StringBuilder prompt = new StringBuilder(instruction).append("\n\n");
    for (WorkedExample example : examples) {
      prompt.append(documentPrompt(example.document())).append('\n');
      for (Question question : questions()) {
        String value = example.values().getOrDefault(question.key(), "");
        prompt.append(question.text()).append(": ");
        prompt.append(value.isEmpty() ? absent : DocumentText.squeeze(value)).append('\n');
      }
      prompt.append('\n');
    }
    return prompt.toString();
  }

  static String documentPrompt(String text) {
    return "Document:\n" + new DocumentText(text).squeezed() + "\n";
  }

  ExtractionSchema withExamples(List<WorkedExample> worked) {
    Map<String, Boolean> asked = new HashMap<>();
    questions().forEach(q -> asked.put(q.key(), true));
    fields.forEach(f -> asked.put(f.name(), true));
    for (WorkedExample example : worked) {
      for (String key : example.values().keySet()) {
        if (!asked.containsKey(key)) {
          throw ExtractException.invalid(
              "worked example %s: \"%s\" is neither a field nor a decoy with a question"
                  .formatted(example.name(), key));
        }
      }
    }
    return new ExtractionSchema(instruction, absent, fields, List.copyOf(worked));
  }
}
