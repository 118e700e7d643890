package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Embedder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Embeddings in the two forms that providers have. */
final class Vectors {
  private Vectors() {}

  static ObjectNode openAi(String model, List<String> texts, OptionalInt dimensions) {
    ObjectNode body = Json.object().put("model", model).put("encoding_format", "float");
    texts.forEach(body.putArray("input")::add);
    dimensions.ifPresent(length -> body.put("dimensions", length));
    return body;
  }

  /** Each vector says which text it belongs to. */
  static Embedder.Embeddings openAi(Endpoint endpoint, ObjectNode answer, int texts) {
    float[][] out = new float[texts][];
    for (JsonNode item : answer.path("data")) {
      int index = item.path("index").asInt(-1);
      if (index >= 0 && index < texts) {
        out[index] = vector(endpoint, item.path("embedding"));
      }
    }
    return new Embedder.Embeddings(
        whole(endpoint, Arrays.asList(out)), answer.path("usage").path("prompt_tokens").asLong());
  }

  static ObjectNode gemini(String model, List<String> texts, OptionalInt dimensions) {
    ObjectNode body = Json.object();
    for (String text : texts) {
      ObjectNode request = body.withArray("requests").addObject().put("model", model);
      request.putObject("content").putArray("parts").addObject().put("text", text);
      dimensions.ifPresent(length -> request.put("outputDimensionality", length));
    }
    return body;
  }

  static Embedder.Embeddings gemini(Endpoint endpoint, ObjectNode answer, int texts) {
    List<float[]> out = new ArrayList<>();
    for (JsonNode item : answer.path("embeddings")) {
      out.add(vector(endpoint, item.path("values")));
    }
    while (out.size() < texts) {
      out.add(new float[0]);
    }
    return new Embedder.Embeddings(
        whole(endpoint, out.subList(0, texts)),
        answer.path("usageMetadata").path("promptTokenCount").asLong());
  }

  private static List<float[]> whole(Endpoint endpoint, List<float[]> vectors) {
    for (float[] vector : vectors) {
      if (vector == null || vector.length == 0) {
        throw UpstreamErrors.garbled(endpoint, "fewer vectors than there were texts", null);
      }
    }
    return List.copyOf(vectors);
  }

  private static float[] vector(Endpoint endpoint, JsonNode numbers) {
    float[] out = new float[numbers.size()];
    for (int i = 0; i < out.length; i++) {
      if (!numbers.get(i).isNumber()) {
        throw UpstreamErrors.garbled(endpoint, "a vector that holds more than numbers", null);
      }
      out[i] = numbers.get(i).floatValue();
    }
    return out;
  }
}
