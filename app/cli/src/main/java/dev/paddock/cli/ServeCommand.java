package dev.paddock.cli;

import dev.paddock.server.PaddockServer;
import dev.paddock.server.ServerLog;
import dev.paddock.server.ServerSettings;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the server until it is told to stop.",
      "Prints one line when it is ready; its log goes to stderr."
    })
final class ServeCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--host",
      paramLabel = "H",
      description = "Listen here (PADDOCK_HOST, else 127.0.0.1).")
  private Optional<String> host = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "Listen here; 0 takes a free port (PADDOCK_PORT, else 4096).")
  private Optional<Integer> port = Optional.empty();

  @Option(
      names = "--behind-proxy",
      description = "A proxy does TLS: listen beyond loopback without it.")
  private boolean behindProxy;

  @Option(
      names = "--place",
      paramLabel = "PLACE",
      completionCandidates = Places.class,
      description =
          "Where commands run: ${COMPLETION-CANDIDATES} (config.toml: [sandbox] place; else local).")
  private Optional<String> place = Optional.empty();

  ServeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    ServerSettings settings = ServerSettings.of(context.environment(), host, port, behindProxy);
    CountDownLatch told = new CountDownLatch(1);
    Signals.register("TERM", told::countDown);
    Signals.register("INT", told::countDown);
    try (ServerLog log = ServerLog.onStderr();
        PaddockServer server = PaddockServer.start(context.environment(), settings, place, log)) {
      System.out.println("listening on " + server.address());
      System.out.flush();
      told.await();
    }
    return Exit.OK;
  }
}
