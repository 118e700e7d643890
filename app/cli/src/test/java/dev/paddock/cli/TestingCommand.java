package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.Json;
import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Runs {@code paddock} within this process and keeps what it prints. */
final class TestingCommand {
  private TestingCommand() {}

  /** What a call came to. */
  record Result(int exit, String out, String err) {
    JsonNode json() {
      return Json.tree(out.strip());
    }

    List<String> lines() {
      return out.lines().toList();
    }
  }

  static Result run(Map<String, String> environment, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream out0 = System.out;
    PrintStream err0 = System.err;
    try (PrintStream capturedOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream capturedErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(capturedOut);
      System.setErr(capturedErr);
      CommandLine line = Paddock.commandLine(environment);
      line.setErr(
          new PrintWriter(new OutputStreamWriter(capturedErr, StandardCharsets.UTF_8), true));
      int exit = line.execute(arguments);
      return new Result(
          exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out0);
      System.setErr(err0);
    }
  }
}
