package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.ModelEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tokens with their log-probabilities. */
final class Logprobs {
  private Logprobs() {}

  static ArrayNode json(List<ModelEvent.TokenLogprob> tokens) {
    ArrayNode out = Json.mapper().createArrayNode();
    for (ModelEvent.TokenLogprob token : tokens) {
      ObjectNode json = token(out, token.token(), token.logprob());
      ArrayNode rivals = json.putArray("top_logprobs");
      token.top().forEach(rival -> token(rivals, rival.token(), rival.logprob()));
    }
    return out;
  }

  private static ObjectNode token(ArrayNode out, String text, double logprob) {
    ObjectNode json = out.addObject().put("token", text).put("logprob", logprob);
    ArrayNode bytes = json.putArray("bytes");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(b & 0xff);
    }
    return json;
  }

  static ObjectNode holder(ArrayNode tokens) {
    ObjectNode out = Json.object();
    out.set("content", tokens);
    return out.putNull("refusal");
  }
}
