package dev.paddock.provider.spi;

/** How much a model should think, as far as it can be told. */
public enum Effort {
  NONE,
  LOW,
  MEDIUM,
  HIGH,
  MAX
}
