package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.Usage;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.server.spi.ModelPump;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A chat completion while its answers come, whole or in chunks. */
final class ChatAnswer {
  private final ChatRequest asked;
  private final String id = Ids.next("chatcmpl");
  private final long created;
  private final List<ChatChoice> choices = new ArrayList<>();

  ChatAnswer(ChatRequest asked, Instant now) {
    this.asked = asked;
    this.created = now.getEpochSecond();
    for (int i = 0; i < asked.choices(); i++) {
      choices.add(new ChatChoice(asked));
    }
  }

  String id() {
    return id;
  }

  /** Takes what came; the chunks it makes, without the last ones. */
  List<ObjectNode> accept(ModelPump.Item item) {
    return switch (item) {
      case ModelPump.Item.Failed(RuntimeException cause) ->
          throw cause instanceof ModelException failure
              ? ModelRoutes.told(failure, "messages")
              : cause;
      case ModelPump.Item.Said(int index, ModelEvent event) -> {
        ChatChoice choice = choices.get(index);
        List<ObjectNode> out = new ArrayList<>();
        choice.accept(event).forEach(delta -> out.add(chunk(index, delta)));
        if (choice.ended()) {
          ObjectNode last = head("chat.completion.chunk");
          last.withArray("choices").add(choice(index, Json.object(), choice.finishReason()));
          out.add(withoutUsage(last));
        }
        yield out;
      }
    };
  }

  boolean ended() {
    return choices.stream().allMatch(ChatChoice::ended);
  }

  List<ObjectNode> firstChunks() {
    List<ObjectNode> out = new ArrayList<>();
    for (int i = 0; i < choices.size(); i++) {
      ObjectNode delta = Json.object().put("role", "assistant").put("content", "");
      ObjectNode chunk = head("chat.completion.chunk");
      chunk.withArray("choices").add(choice(i, delta.putNull("refusal"), null));
      out.add(withoutUsage(chunk));
    }
    return out;
  }

  ObjectNode usageChunk() {
    ObjectNode out = head("chat.completion.chunk");
    out.putArray("choices");
    out.set("usage", usage());
    return out;
  }

  private ObjectNode chunk(int index, ChatChoice.Delta delta) {
    ObjectNode out = head("chat.completion.chunk");
    ObjectNode choice = choice(index, delta.delta(), null);
    if (!delta.tokens().isEmpty()) {
      choice.set("logprobs", Logprobs.holder(delta.tokens()));
    }
    out.withArray("choices").add(choice);
    return withoutUsage(out);
  }

  /** Every chunk but the last has a null where that one has the counts. */
  private ObjectNode withoutUsage(ObjectNode chunk) {
    return asked.includeUsage() ? chunk.putNull("usage") : chunk;
  }

  private static ObjectNode choice(
      int index, ObjectNode delta, @org.jspecify.annotations.Nullable String finish) {
    ObjectNode out = Json.object().put("index", index);
    out.set("delta", delta);
    return out.putNull("logprobs").put("finish_reason", finish);
  }

  private ObjectNode head(String object) {
    return Json.object()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", asked.name())
        .put("service_tier", "default");
  }

  ObjectNode json() {
    ObjectNode out = head("chat.completion");
    ArrayNode list = out.putArray("choices");
    for (int i = 0; i < choices.size(); i++) {
      list.add(choices.get(i).json(i));
    }
    out.set("usage", usage());
    if (asked.store()) {
      out.set("metadata", asked.metadata());
    }
    return out;
  }

  private ObjectNode usage() {
    Usage sum = choices.stream().map(ChatChoice::usage).reduce(Usage.NONE, Usage::plus);
    long read = sum.inputTokens() + sum.cacheReadTokens() + sum.cacheCreationTokens();
    ObjectNode out =
        Json.object()
            .put("prompt_tokens", read)
            .put("completion_tokens", sum.outputTokens())
            .put("total_tokens", read + sum.outputTokens());
    out.putObject("prompt_tokens_details")
        .put("cached_tokens", sum.cacheReadTokens())
        .put("cache_write_tokens", sum.cacheCreationTokens());
    return out;
  }
}
