package dev.paddock.cli;

import picocli.CommandLine;

/** Walks the common paths once, so that the launcher can record an ahead-of-time cache of them. */
public final class Training {
  private Training() {}

  public static void main(String[] args) {
    CommandLine commandLine = new CommandLine(new Paddock());
    commandLine.usage(System.out);
  }
}
