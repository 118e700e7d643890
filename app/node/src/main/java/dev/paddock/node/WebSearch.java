package dev.paddock.node;

import dev.paddock.egress.EgressClient;
import dev.paddock.egress.EgressPolicy;
import dev.paddock.egress.EgressProxy;
import dev.paddock.egress.EgressService;
import dev.paddock.web.SearchSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The service by which sessions search the web, and a way out that leads there only. */
final class WebSearch implements AutoCloseable {
  private final Optional<Settings.WebSearch> configured;
  private final Map<String, String> environment;
  private final Supplier<EgressService> egress;
  private Optional<EgressProxy> proxy = Optional.empty();
  private Optional<EgressClient> client = Optional.empty();

  WebSearch(
      Optional<Settings.WebSearch> configured,
      Map<String, String> environment,
      Supplier<EgressService> egress) {
    this.configured = configured;
    this.environment = environment;
    this.egress = egress;
  }

  private Optional<String> key(Settings.WebSearch search) {
    return search
        .keyVariable()
        .flatMap(name -> Optional.ofNullable(environment.get(name)))
        .filter(key -> !key.isBlank());
  }

  /** What an operator must do before anybody can search; empty if nothing. */
  Optional<String> missing() {
    if (configured.isEmpty()) {
      return Optional.of(
          "web_search is not configured here; add to config.toml: [web_search] with provider = \"searxng\" and url = \"http://HOST:PORT\", or provider = \"brave\", \"tavily\" or \"exa\" and its key in the environment");
    }
    Settings.WebSearch search = configured.get();
    boolean keyless = search.keyVariable().isEmpty() || key(search).isPresent();
    return keyless
        ? Optional.empty()
        : Optional.of(
            "web_search has no key; set %s in the environment of Paddock"
                .formatted(search.keyVariable().get()));
  }

  /** Empty where something is {@link #missing()}. */
  Optional<SearchSettings> settings() {
    return missing().isPresent()
        ? Optional.empty()
        : configured.map(it -> new SearchSettings(it.service(), it.url(), key(it)));
  }

  /** Reaches the configured service, whatever a session's environment names. */
  synchronized EgressClient client() {
    if (client.isEmpty() || proxy.isEmpty()) {
      String target = configured.orElseThrow().url().target().toString();
      EgressProxy opened = egress.get().open(EgressPolicy.of(List.of(target)), request -> {});
      proxy = Optional.of(opened);
      client = Optional.of(new EgressClient(opened));
    }
    return client.get();
  }

  @Override
  public synchronized void close() {
    proxy.ifPresent(EgressProxy::close);
    proxy = Optional.empty();
  }
}
