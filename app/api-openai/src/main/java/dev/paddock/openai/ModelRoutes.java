package dev.paddock.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.provider.Catalogue;
import dev.paddock.provider.ModelException;
import dev.paddock.provider.ModelRef;
import dev.paddock.provider.spi.Model;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.Request;
import dev.paddock.server.spi.Route;
import dev.paddock.server.spi.ServerException;
import java.util.List;
import java.util.Optional;

/** The models on offer, by mapped ids and references. */
final class ModelRoutes {
  private final Platform platform;

  ModelRoutes(Platform platform) {
    this.platform = platform;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/models", this::list),
        Route.get("/v1/models/{id**}", this::retrieve),
        Route.delete("/v1/models/{id**}", this::delete));
  }

  private Reply list(Request request) {
    ObjectNode out = Json.object().put("object", "list");
    ArrayNode data = out.putArray("data");
    platform.models().list().models().forEach(entry -> data.add(json(entry.id(), entry.ref())));
    return Reply.ok(out);
  }

  private Reply retrieve(Request request) {
    String id = id(request);
    return Reply.ok(json(id, existing(id)));
  }

  /** A reference says nothing of whether there is such a model; the provider's own list does. */
  private ModelRef existing(String id) {
    ModelRef ref = resolve(platform, id);
    Catalogue catalogue = platform.models().list();
    boolean listed = catalogue.models().stream().anyMatch(entry -> entry.ref().equals(ref));
    if (!listed && catalogue.problems().isEmpty()) {
      throw unknown(id);
    }
    return ref;
  }

  private Reply delete(Request request) {
    String id = id(request);
    existing(id);
    throw new ServerException(
        ErrorCode.PERMISSION_DENIED,
        "The model '%s' is none that was fine-tuned here; only those can be deleted."
            .formatted(Refusal.shown(id)));
  }

  private static String id(Request request) {
    return request.parameter("id").replace("%2F", "/").replace("%2f", "/");
  }

  private static ObjectNode json(String id, ModelRef ref) {
    return Json.object()
        .put("id", id)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", ref.provider());
  }

  /** The model that a request names, or the default one. */
  static Model open(Platform platform, Optional<String> asked) {
    String id =
        asked
            .or(platform::defaultModel)
            .filter(name -> !name.isEmpty())
            .orElseThrow(() -> Refusal.missing("model"));
    return platform.models().open(resolve(platform, id));
  }

  private static ModelRef resolve(Platform platform, String id) {
    try {
      return platform.models().resolve(id);
    } catch (ModelException e) {
      throw told(e, "model");
    }
  }

  /** A model's failure, in the words that OpenAI has for it. */
  static PaddockException told(ModelException failure, String input) {
    return switch (failure.code()) {
      case NOT_FOUND ->
          ServerException.notFound(failure.getMessage())
              .about("model")
              .withDetailCode("model_not_found");
      case LIMIT_EXCEEDED -> Refusal.of(input, "context_length_exceeded", failure.getMessage());
      default -> failure;
    };
  }

  private static ServerException unknown(String id) {
    return ServerException.notFound(
            "The model '%s' does not exist or you do not have access to it."
                .formatted(Refusal.shown(id)))
        .about("model")
        .withDetailCode("model_not_found");
  }
}
