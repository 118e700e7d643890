package dev.paddock.web;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A service that searches the web: its address, where its key is, and how it is spoken to. */
public enum SearchService {
  /** An instance of one's own, with {@code json} among its {@code search.formats}. */
  SEARXNG("", ""),
  BRAVE("https://api.search.brave.com/res/v1/web/search", "BRAVE_API_KEY"),
  TAVILY("https://api.tavily.com/search", "TAVILY_API_KEY"),
  EXA("https://api.exa.ai/search", "EXA_API_KEY");

  private final String url;
  private final String keyVariable;

  SearchService(String url, String keyVariable) {
    this.url = url;
    this.keyVariable = keyVariable;
  }

  /** Its public address; empty for one that everybody runs for themselves. */
  public Optional<String> url() {
    return Optional.of(url).filter(known -> !known.isEmpty());
  }

  /** The usual variable for its key; empty if it needs none. */
  public Optional<String> keyVariable() {
    return Optional.of(keyVariable).filter(known -> !known.isEmpty());
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<SearchService> named(String name) {
    return Arrays.stream(values()).filter(service -> service.text().equals(name)).findFirst();
  }

  public static List<String> names() {
    return Arrays.stream(values()).map(SearchService::text).toList();
  }
}
