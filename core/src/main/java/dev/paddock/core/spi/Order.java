package dev.paddock.core.spi;

/** By creation, oldest first or newest first. */
public enum Order {
  ASCENDING,
  DESCENDING
}
