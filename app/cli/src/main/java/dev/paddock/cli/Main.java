package dev.paddock.cli;

/** The entry point of {@code paddock}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // Answered before the command line is built: it is what scripts ask most.
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      System.out.println(Version.TEXT);
      return;
    }
    String stderr = System.getProperty("paddock.stderr", "");
    if (!stderr.isEmpty()) {
      // The launcher kept the JVM's own notices off the terminal; ours belong on it.
      Posix.dup2(Integer.parseInt(stderr), 2);
    }
    System.exit(Paddock.commandLine(System.getenv()).execute(args));
  }
}
