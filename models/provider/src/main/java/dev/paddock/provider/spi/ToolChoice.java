package dev.paddock.provider.spi;

/** Whether the model must, may or must not call tools. */
public sealed interface ToolChoice {
  /** As the model likes. */
  record Auto() implements ToolChoice {}

  /** At least one call. */
  record Required() implements ToolChoice {}

  /** No call. */
  record None() implements ToolChoice {}

  /** A call of this tool. */
  record Named(String name) implements ToolChoice {}
}
