package dev.paddock.cli;

import picocli.CommandLine.Command;

@Command(
    name = "paddock",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    description = "Runs AI agents inside your own walls.")
final class Paddock implements Runnable {
  @Override
  public void run() {}
}
