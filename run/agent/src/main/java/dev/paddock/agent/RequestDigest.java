package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/** What the log keeps of a model request, so that a replay can tell whether it asks the same. */
final class RequestDigest {
  private RequestDigest() {}

  /** {@code {digest, context_tokens, max_output_tokens, capabilities}}. */
  static ObjectNode of(ModelRequest request, ModelDescription model) {
    ObjectNode out = Json.object().put("digest", digest(request));
    out.put("context_tokens", model.contextTokens());
    out.put("max_output_tokens", model.maxOutputTokens());
    ArrayNode capabilities = out.putArray("capabilities");
    EnumSet.allOf(Capability.class).stream()
        .filter(model::can)
        .forEach(one -> capabilities.add(one.name()));
    return out;
  }

  static ModelDescription description(String ref, ObjectNode logged) {
    Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
    logged
        .path("capabilities")
        .forEach(name -> capabilities.add(Capability.valueOf(name.asText())));
    return new ModelDescription(
        ref,
        logged.path("context_tokens").asLong(),
        logged.path("max_output_tokens").asLong(),
        capabilities);
  }

  /** SHA-256 of everything in a request that its answer depends on, in base64url. */
  static String digest(ModelRequest request) {
    ObjectNode all = Json.object();
    all.put("system", request.system().orElse(""));
    ArrayNode messages = all.putArray("messages");
    for (Message message : request.messages()) {
      messages
          .addObject()
          .put("by", message.getClass().getSimpleName())
          .set("message", Json.tree(message));
    }
    all.set("tools", Json.tree(request.tools()));
    all.put("choice", request.toolChoice().toString());
    request.output().ifPresent(schema -> all.set("output", schema));
    all.set("sampling", Json.tree(request.sampling()));
    request.effort().ifPresent(effort -> all.put("effort", effort.name()));
    request.adapter().ifPresent(adapter -> all.put("adapter", adapter));
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(MessageDigest.getInstance("SHA-256").digest(Json.bytes(all)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
