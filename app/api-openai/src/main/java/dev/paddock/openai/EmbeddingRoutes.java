package dev.paddock.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.spi.Embedder;
import dev.paddock.provider.spi.Model;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Retries;
import dev.paddock.server.spi.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Embeddings, made by the model's own provider. */
final class EmbeddingRoutes {
  private static final int MAX_INPUTS = 2_048;
  private static final int MAX_DIMENSIONS = 65_536;

  private final Platform platform;

  EmbeddingRoutes(Platform platform) {
    this.platform = platform;
  }

  List<Route> routes() {
    return List.of(Route.post("/v1/embeddings", this::create));
  }

  private Reply create(Request http) throws IOException, InterruptedException {
    Fields body = new Fields(http.json(), "").accept("user");
    Optional<String> asked = body.text("model");
    boolean base64 =
        body.choice("encoding_format", "float", "base64").orElse("float").equals("base64");
    Optional<Integer> dimensions = body.count("dimensions", 1, MAX_DIMENSIONS);
    List<String> inputs = inputs(body.required("input"));
    body.refuseRest();
    Model model = ModelRoutes.open(platform, asked);
    Embedder embedder =
        model
            .embedder()
            .orElseThrow(
                () ->
                    Refusal.of(
                        "model",
                        "unsupported_model",
                        "You are not allowed to generate embeddings from this model: %s makes none."
                            .formatted(model.description().ref())));
    Embedder.Embeddings made =
        embed(embedder, inputs, dimensions.map(OptionalInt::of).orElseGet(OptionalInt::empty));
    ObjectNode out = Json.object().put("object", "list");
    ArrayNode data = out.putArray("data");
    for (float[] vector : made.vectors()) {
      ObjectNode item = Json.object().put("object", "embedding").put("index", data.size());
      item.set("embedding", base64 ? Json.tree((Object) base64(vector)) : numbers(vector));
      data.add(item);
    }
    out.put("model", asked.or(platform::defaultModel).orElseThrow());
    out.putObject("usage").put("prompt_tokens", made.tokens()).put("total_tokens", made.tokens());
    return Reply.ok(out);
  }

  private static List<String> inputs(JsonNode input) {
    List<String> out = new ArrayList<>();
    if (input.isTextual()) {
      out.add(input.textValue());
    } else if (input.isArray()) {
      for (JsonNode text : input) {
        if (!text.isTextual()) {
          throw Refusal.of(
              "input", "unsupported_value", "Tokens are not offered as input; send texts.");
        }
        out.add(text.textValue());
      }
    } else {
      throw Refusal.type("input", "a string or an array of strings", input);
    }
    if (out.isEmpty() || out.size() > MAX_INPUTS || out.contains("")) {
      throw Refusal.value(
          "input", out.size() + " texts", "1 to %,d that are not empty".formatted(MAX_INPUTS));
    }
    return out;
  }

  private static Embedder.Embeddings embed(
      Embedder embedder, List<String> inputs, OptionalInt dimensions) throws InterruptedException {
    try {
      return new Retries().of(() -> embedder.embed(inputs, dimensions));
    } catch (ModelException e) {
      throw ModelRoutes.told(e, "input");
    }
  }

  private static ArrayNode numbers(float[] vector) {
    ArrayNode out = Json.mapper().createArrayNode();
    for (float value : vector) {
      out.add(value);
    }
    return out;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
