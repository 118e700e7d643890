package dev.paddock.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.Embedder;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import dev.paddock.provider.spi.TokenCounter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A model behind a provider's HTTP interface. */
final class HttpModel implements Model {
  private static final Duration ANSWER = Duration.ofMinutes(2);
  private static final int MAX_ANSWER_BYTES = 128 << 20;

  private final Endpoint endpoint;
  private final Dialect dialect;
  private final ModelDescription description;
  private final String id;
  private final HttpLimits limits;

  HttpModel(
      Endpoint endpoint,
      Dialect dialect,
      String id,
      ModelDescription description,
      HttpLimits limits) {
    this.endpoint = endpoint;
    this.dialect = dialect;
    this.id = id;
    this.description = description;
    this.limits = limits;
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  @Override
  public ModelStream stream(ModelRequest request) {
    requireOffered(request.logprobs().isEmpty(), Capability.LOGPROBS, "log-probabilities");
    if (request.adapter().isPresent()) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "%s takes no adapter; only models of this process do".formatted(description.ref()));
    }
    HttpRequest http =
        post(dialect.chatAddress(id), dialect.body(description, id, request))
            .header("accept", "text/event-stream")
            .build();
    CompletableFuture<HttpResponse<ResponseBody>> response =
        Http.CLIENT.sendAsync(http, info -> new ResponseBody());
    return new HttpModelStream(endpoint, id, dialect.decoder(), response, limits);
  }

  @Override
  public Optional<Embedder> embedder() {
    return dialect
        .embeds()
        .map(embeds -> (texts, dimensions) -> ask(embeds.of(id, texts, dimensions)));
  }

  @Override
  public Optional<TokenCounter> tokenCounter() {
    return dialect.counts().map(counts -> request -> ask(counts.of(description, id, request)));
  }

  private <A> A ask(Dialect.Question<A> question) throws InterruptedException {
    HttpRequest http = post(question.address(), question.body()).build();
    Duration patience = limits.idle().compareTo(ANSWER) < 0 ? limits.idle() : ANSWER;
    return question.answer().apply(HttpCall.answer(endpoint, id, http, patience, MAX_ANSWER_BYTES));
  }

  private HttpRequest.Builder post(URI address, ObjectNode body) {
    return Http.request(address, dialect.headers())
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)));
  }

  private void requireOffered(boolean unasked, Capability capability, String what) {
    if (!unasked && !description.can(capability)) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST, "%s offers no %s".formatted(description.ref(), what));
    }
  }

  @Override
  public String toString() {
    return description.ref();
  }
}
