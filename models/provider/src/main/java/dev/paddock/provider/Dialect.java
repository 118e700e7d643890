package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.provider.spi.Embedder;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.provider.spi.ModelRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** One provider's form of the same conversation. */
interface Dialect {
  Set<Capability> capabilities();

  /** Taken where the provider does not tell of a model. */
  long usualContextTokens();

  long usualMaxOutputTokens();

  Map<String, String> headers();

  URI chatAddress(String model);

  ObjectNode body(ModelDescription model, String id, ModelRequest request);

  Decoder decoder();

  /** The address of the model list, of its next page after {@code page}. */
  URI listAddress(Optional<String> page);

  List<ModelListing> listings(JsonNode list);

  Optional<String> nextPage(JsonNode list);

  /** How vectors are asked for, where the provider makes them. */
  default Optional<Embeds> embeds() {
    return Optional.empty();
  }

  /** How tokens are counted, where the provider counts them. */
  default Optional<Counts> counts() {
    return Optional.empty();
  }

  /** A question that is answered at once. */
  record Question<A>(URI address, ObjectNode body, Function<ObjectNode, A> answer) {}

  /** Asks for vectors of texts. */
  @FunctionalInterface
  interface Embeds {
    Question<Embedder.Embeddings> of(String model, List<String> texts, OptionalInt dimensions);
  }

  /** Asks how many tokens a request has. */
  @FunctionalInterface
  interface Counts {
    Question<Long> of(ModelDescription model, String id, ModelRequest request);
  }

  /** Turns one response's events into ours. */
  interface Decoder {
    /** Takes an event; the last one given to {@code out} is the end. */
    void accept(SseEvent event, Consumer<ModelEvent> out);

    /** The response is over: gives the end if all of it came, else fails. */
    void end(Consumer<ModelEvent> out);
  }
}
