package dev.paddock.cli;

import dev.paddock.server.PaddockServer;
import dev.paddock.server.ServerLog;
import dev.paddock.server.ServerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Walks the common paths once, so that the launcher can record an ahead-of-time cache of them. */
public final class Training {
  private static final List<String> LISTS =
      List.of("/healthz", "/readyz", "/metrics", "/v1/models", "/v1/agents", "/v1/sessions");

  private Training() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> environment = System.getenv();
    Paddock.commandLine(environment).execute("--help");
    Paddock.commandLine(environment).execute("doctor");
    Paddock.commandLine(environment).execute("sessions", "list");
    if (List.of(args).contains("engine")) {
      Paddock.commandLine(environment).execute("serve", "--help");
      serve(environment);
    }
  }

  private static void serve(Map<String, String> environment)
      throws IOException, InterruptedException {
    ServerSettings settings =
        ServerSettings.of(environment, Optional.of("127.0.0.1"), Optional.of(0), false);
    try (ServerLog log = ServerLog.onStderr();
        PaddockServer server = PaddockServer.start(environment, settings, log);
        HttpClient client = HttpClient.newHttpClient()) {
      String key =
          Files.readString(new Context(environment).home().root().resolve("api-key")).strip();
      for (String path : LISTS) {
        HttpRequest.Builder request = to(server, path, key);
        client.send(request.GET().build(), BodyHandlers.discarding());
        client.send(request.POST(BodyPublishers.ofString("{}")).build(), BodyHandlers.discarding());
      }
    }
  }

  private static HttpRequest.Builder to(PaddockServer server, String path, String key) {
    return HttpRequest.newBuilder(URI.create(server.address() + path))
        .version(HttpClient.Version.HTTP_1_1)
        .header("content-type", "application/json")
        .header("x-api-key", key);
  }
}
