package dev.paddock.cli;

import java.util.Map;

/** Walks the common paths once, so that the launcher can record an ahead-of-time cache of them. */
public final class Training {
  private Training() {}

  public static void main(String[] args) {
    Map<String, String> environment = System.getenv();
    Paddock.commandLine(environment).execute("--help");
    Paddock.commandLine(environment).execute("doctor");
    Paddock.commandLine(environment).execute("sessions", "list");
  }
}
