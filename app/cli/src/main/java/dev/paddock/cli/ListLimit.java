package dev.paddock.cli;

import picocli.CommandLine.Option;

/** How much of a list is shown. */
final class ListLimit {
  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most N (${DEFAULT-VALUE}).")
  private int most;

  int most() {
    return most;
  }
}
