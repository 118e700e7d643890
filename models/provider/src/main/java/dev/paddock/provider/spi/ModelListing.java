package dev.paddock.provider.spi;

import java.util.OptionalLong;

/** A model that a provider offers, by its own id, and what the provider tells of its size. */
public record ModelListing(String id, OptionalLong contextTokens, OptionalLong maxOutputTokens) {
  public static ModelListing of(String id) {
    return new ModelListing(id, OptionalLong.empty(), OptionalLong.empty());
  }
}
