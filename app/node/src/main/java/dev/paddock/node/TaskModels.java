package dev.paddock.node;

import dev.paddock.agent.ModelSource;
import dev.paddock.core.Usage;
import dev.paddock.provider.ModelRef;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The models of a home, with what their use costs. */
record TaskModels(Node node) implements ModelSource {
  @Override
  public Choice choose(Optional<String> ref) {
    ModelRef model = resolve(ref);
    Optional<ToDoubleFunction<Usage>> price =
        node.prices().find(model).map(known -> usage -> known.of(usage).doubleValue());
    return new Choice(node.models().open(model), price);
  }

  /** The model that a reference means, or that stands in where there is none. */
  ModelRef resolve(Optional<String> ref) {
    return node.models().resolve(ref.or(node::defaultModel).orElse(ModelRef.EMBEDDED.toString()));
  }
}
