package dev.paddock.agent;

import dev.paddock.core.Usage;
import dev.paddock.provider.spi.Model;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Finds models; it keeps them and closes them. */
@FunctionalInterface
public interface ModelSource {
  /**
   * The model of a reference, or the place's default.
   *
   * @throws dev.paddock.provider.ModelException when there is none, it cannot be fetched or opened
   */
  Choice choose(Optional<String> ref);

  /**
   * A model and what it costs.
   *
   * @param price US dollars of a request's usage; empty when unknown
   */
  record Choice(Model model, Optional<ToDoubleFunction<Usage>> price) {
    Optional<Double> cost(Usage usage) {
      return price.map(known -> known.applyAsDouble(usage));
    }
  }
}
