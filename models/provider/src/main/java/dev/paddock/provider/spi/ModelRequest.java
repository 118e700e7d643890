package dev.paddock.provider.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.spi.ToolDefinition;
import java.util.List;
import java.util.Optional;

/**
 * What a model is asked.
 *
 * @param output a JSON Schema that the answer's text must obey
 * @param adapter a fine-tuned adapter to apply, by the model's own name for it
 * @param logprobs how many rivals a token's log-probabilities should name; empty for none at all
 * @param trace asks for the turn's {@link TurnTrace}
 */
public record ModelRequest(
    Optional<String> system,
    List<Message> messages,
    List<ToolDefinition> tools,
    ToolChoice toolChoice,
    Optional<ObjectNode> output,
    Sampling sampling,
    Optional<Effort> effort,
    Optional<String> adapter,
    Optional<Integer> logprobs,
    boolean trace) {

  public static ModelRequest of(List<Message> messages) {
    return new ModelRequest(
        Optional.empty(),
        messages,
        List.of(),
        new ToolChoice.Auto(),
        Optional.empty(),
        Sampling.DEFAULT,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  public ModelRequest withMessages(List<Message> said) {
    return new ModelRequest(
        system, said, tools, toolChoice, output, sampling, effort, adapter, logprobs, trace);
  }

  public ModelRequest withSystem(String text) {
    return new ModelRequest(
        Optional.of(text),
        messages,
        tools,
        toolChoice,
        output,
        sampling,
        effort,
        adapter,
        logprobs,
        trace);
  }

  public ModelRequest withTools(List<ToolDefinition> offered, ToolChoice choice) {
    return new ModelRequest(
        system, messages, offered, choice, output, sampling, effort, adapter, logprobs, trace);
  }

  public ModelRequest withOutput(ObjectNode schema) {
    return new ModelRequest(
        system,
        messages,
        tools,
        toolChoice,
        Optional.of(schema),
        sampling,
        effort,
        adapter,
        logprobs,
        trace);
  }

  public ModelRequest withSampling(Sampling how) {
    return new ModelRequest(
        system, messages, tools, toolChoice, output, how, effort, adapter, logprobs, trace);
  }

  public ModelRequest withEffort(Optional<Effort> how) {
    return new ModelRequest(
        system, messages, tools, toolChoice, output, sampling, how, adapter, logprobs, trace);
  }

  public ModelRequest withLogprobs(int rivals) {
    return new ModelRequest(
        system,
        messages,
        tools,
        toolChoice,
        output,
        sampling,
        effort,
        adapter,
        Optional.of(rivals),
        trace);
  }

  public ModelRequest traced() {
    return new ModelRequest(
        system, messages, tools, toolChoice, output, sampling, effort, adapter, logprobs, true);
  }
}
