package dev.paddock.cli;

import picocli.CommandLine;

/** The entry point of {@code paddock}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // Answered before the command line is built: it is what scripts ask most.
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      System.out.println(Version.TEXT);
      return;
    }
    System.exit(new CommandLine(new Paddock()).execute(args));
  }
}
