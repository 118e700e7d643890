package dev.paddock.cli;

import dev.paddock.core.Json;
import dev.paddock.server.PaddockServer;
import dev.paddock.server.ServerLog;
import dev.paddock.server.ServerSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Walks the common paths once, so that the launcher can record an ahead-of-time cache of them. */
public final class Training {
  private static final List<String> LISTS =
      List.of("/healthz", "/readyz", "/metrics", "/v1/models", "/v1/agents", "/v1/sessions");

  /** Enough that what a turn runs through is known as such. */
  private static final int SESSIONS = 8;

  private static final int CALLS = 24;

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
    try (TrainingModel model = new TrainingModel(CALLS)) {
      Map<String, String> own = new HashMap<>(environment);
      own.put("OPENAI_BASE_URL", model.url());
      own.put("OPENAI_API_KEY", "none");
      ServerSettings settings =
          ServerSettings.of(own, Optional.of("127.0.0.1"), Optional.of(0), false);
      try (ServerLog log = ServerLog.onStderr();
          PaddockServer server = PaddockServer.start(own, settings, log);
          HttpClient client = HttpClient.newHttpClient()) {
        String key =
            Files.readString(new Context(environment).home().root().resolve("api-key")).strip();
        TrainingClient calls = new TrainingClient(client, server.address().toString(), key);
        for (String path : LISTS) {
          calls.get(path);
          calls.post(path, Json.object());
        }
        for (int i = 0; i < SESSIONS; i++) {
          calls.session("openai/training");
        }
      }
    }
  }
}
