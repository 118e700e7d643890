package dev.paddock.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** What must hold of what a model reads or says, and what is done when it does not. */
public record Guardrail(String name, Check check, Action action) {

  /** What is looked for. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(Check.Schema.class),
    @JsonSubTypes.Type(Check.Regex.class),
    @JsonSubTypes.Type(Check.Secrets.class),
    @JsonSubTypes.Type(Check.Judge.class)
  })
  public sealed interface Check {
    /** The text is JSON and obeys the schema. */
    @JsonTypeName("schema")
    record Schema(ObjectNode schema) implements Check {}

    /**
     * The text has no match of the pattern.
     *
     * @param replacement for each match, where the action is to rewrite
     */
    @JsonTypeName("regex")
    record Regex(String pattern, Optional<String> replacement) implements Check {}

    /** The text has nothing that looks like a key, and no value that is known to be secret. */
    @JsonTypeName("secrets")
    record Secrets() implements Check {}

    /** A model says no to the question. */
    @JsonTypeName("judge")
    record Judge(String question, Optional<String> model) implements Check {}
  }

  /** What is done. */
  public enum Action {
    /** The text goes no further and the turn ends. */
    @JsonProperty("block")
    BLOCK,
    /** A person is asked. */
    @JsonProperty("pause")
    PAUSE,
    /** The text goes on without what was found. */
    @JsonProperty("rewrite")
    REWRITE
  }

  /**
   * An agent's guardrails, in the order in which they look.
   *
   * @param input what the model reads that is new to it: messages and results
   * @param output what the model says
   */
  public record Rules(List<Guardrail> input, List<Guardrail> output) {
    public static final Rules NONE = new Rules(List.of(), List.of());
  }
}
