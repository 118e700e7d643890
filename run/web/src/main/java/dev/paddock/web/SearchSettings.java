package dev.paddock.web;

import java.util.Optional;

/**
 * Where searches go.
 *
 * @param key never shown, logged or sent elsewhere
 */
public record SearchSettings(SearchService service, WebUrl url, Optional<String> key) {
  @Override
  public String toString() {
    return service.text() + " at " + url;
  }
}
