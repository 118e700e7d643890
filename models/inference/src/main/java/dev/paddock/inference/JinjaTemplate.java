package dev.paddock.inference;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.FatalTemplateErrorsException;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.tree.Node;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's own chat template. It comes with the model and is hostile until proven: it sees nothing
 * but the conversation, and its size, output and time are limited.
 */
final class JinjaTemplate implements ChatTemplate {
  private static final int MAX_SOURCE = 256 << 10;
  private static final long MAX_OUTPUT = 16 << 20;
  private static final Duration MAX_TIME = Duration.ofSeconds(5);

  private final String source;
  private final Tokenizer tokenizer;
  private final Jinjava jinjava;
  private final ThreadLocal<Long> deadline = ThreadLocal.withInitial(() -> Long.MAX_VALUE);

  JinjaTemplate(String source, Tokenizer tokenizer) {
    if (source.length() > MAX_SOURCE) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED, "the model's chat template is larger than 256 KiB");
    }
    this.source = source;
    this.tokenizer = tokenizer;
    jinjava =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withMaxOutputSize(MAX_OUTPUT)
                .withMaxStringLength(MAX_OUTPUT)
                .withMaxListSize(100_000)
                .withMaxMapSize(100_000)
                .withRangeLimit(10_000)
                .withMaxRenderDepth(20)
                .withMaxMacroRecursionDepth(20)
                .withNestedInterpretationEnabled(false)
                .withProcessors(
                    JinjavaProcessors.newBuilder()
                        .withNodePreProcessor((node, interpreter) -> checkTime(node))
                        .build())
                .build());
    jinjava
        .getGlobalContext()
        .registerFunction(
            new ELFunctionDefinition(
                "", "raise_exception", JinjaTemplate.class, "raise", String.class));
  }

  /** What templates call to refuse a conversation. */
  @SuppressWarnings("DoNotCallSuggester")
  public static String raise(String message) {
    throw new ModelException(
        ErrorCode.INVALID_REQUEST,
        "the model's chat template refuses the conversation: " + message);
  }

  private void checkTime(Node node) {
    if (System.nanoTime() - deadline.get() > 0) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED,
          "the model's chat template ran longer than %d s, at its line %d"
              .formatted(MAX_TIME.toSeconds(), node.getLineNumber()));
    }
  }

  @Override
  public boolean knowsTools() {
    return source.contains("tools");
  }

  @Override
  public String render(List<ChatMessage> messages, List<ToolDefinition> tools) {
    Map<String, Object> bindings = new HashMap<>();
    bindings.put("messages", messages.stream().map(JinjaTemplate::binding).toList());
    bindings.put("add_generation_prompt", true);
    bindings.put("bos_token", tokenizer.beginning().map(tokenizer::text).orElse(""));
    bindings.put("eos_token", tokenizer.text(tokenizer.endOfTurn()));
    if (!tools.isEmpty()) {
      bindings.put("tools", tools.stream().map(JinjaTemplate::binding).toList());
    }
    deadline.set(System.nanoTime() + MAX_TIME.toNanos());
    try {
      RenderResult result = jinjava.renderForResult(source, bindings);
      for (TemplateError error : result.getErrors()) {
        if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
          throw broken(error);
        }
      }
      return result.getOutput();
    } catch (FatalTemplateErrorsException e) {
      throw broken(e.getErrors().iterator().next());
    } finally {
      deadline.remove();
    }
  }

  private static ModelException broken(TemplateError error) {
    Throwable cause = error.getException();
    while (cause != null) {
      if (cause instanceof ModelException known) {
        return known;
      }
      cause = cause.getCause();
    }
    return new ModelException(
        ErrorCode.INVALID_REQUEST,
        "the model's chat template fails at line %d: %s"
            .formatted(error.getLineno(), error.getMessage()));
  }

  private static Map<String, Object> binding(ChatMessage message) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("role", message.role());
    out.put("content", message.content());
    if (!message.calls().isEmpty()) {
      List<Object> calls = new ArrayList<>();
      for (Message.Call call : message.calls()) {
        calls.add(
            Map.of(
                "id",
                call.id(),
                "type",
                "function",
                "function",
                Map.of("name", call.name(), "arguments", Json.convert(call.input(), Map.class))));
      }
      out.put("tool_calls", calls);
    }
    return out;
  }

  private static Map<String, Object> binding(ToolDefinition tool) {
    return Map.of(
        "type",
        "function",
        "function",
        Map.of(
            "name",
            tool.name(),
            "description",
            tool.description(),
            "parameters",
            Json.convert(tool.inputSchema(), Map.class)));
  }
}
