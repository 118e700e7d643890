package dev.paddock.provider;

import dev.paddock.provider.spi.ModelListing;
import java.util.List;

/**
 * The models on offer.
 *
 * @param problems of providers that could not be asked
 */
public record Catalogue(List<Entry> models, List<ModelException> problems) {
  /**
   * A model.
   *
   * @param id how it can be asked for: a mapped id or a reference
   * @param ref the model that answers
   */
  public record Entry(String id, ModelRef ref, ModelListing listing) {}
}
