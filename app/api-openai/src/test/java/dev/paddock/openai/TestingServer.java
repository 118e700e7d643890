package dev.paddock.openai;

import dev.paddock.provider.Models;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.server.AdminKey;
import dev.paddock.server.ApiKeys;
import dev.paddock.server.HttpServer;
import dev.paddock.server.Metrics;
import dev.paddock.server.Readiness;
import dev.paddock.server.ServerLog;
import dev.paddock.server.ServerSettings;
import dev.paddock.server.TestingPlatform;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The server with this dialect alone, a real store and scripted models. */
final class TestingServer implements AutoCloseable {
  static final String KEY = "a-key-for-tests-of-32-characters";

  final TestingPlatform platform;
  private final HttpServer server;

  TestingServer(Path home, ModelFactory... factories) {
    platform =
        new TestingPlatform(
            home,
            new Models(List.of(factories), Map.of("gpt-mapped", "test/one")),
            Optional.empty());
    server =
        HttpServer.start(
            new HttpServer.Parts(
                new ServerSettings("127.0.0.1", 0, Optional.empty(), false),
                platform,
                List.of(new OpenAiDialect()),
                AdminKey.of(Map.of("PADDOCK_API_KEY", KEY), home),
                new ApiKeys(platform.resources()),
                new Readiness(),
                new Metrics(),
                ServerLog.onStderr()));
  }

  URI url() {
    return server.address();
  }

  @Override
  public void close() {
    server.close();
    platform.close();
  }
}
