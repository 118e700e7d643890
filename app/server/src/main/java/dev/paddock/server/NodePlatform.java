package dev.paddock.server;

import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import dev.paddock.node.Node;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import dev.paddock.server.spi.ModelCalls;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Previews;
import dev.paddock.server.spi.Runner;
import java.time.Clock;
import java.util.Optional;

/** What dialects work on, taken from the node of this process. */
public record NodePlatform(
    Node node, Runner runner, Previews previews, ModelCalls modelCalls, Clock clock)
    implements Platform {

  public static NodePlatform of(Node node, Runner runner, Previews previews) {
    return new NodePlatform(node, runner, previews, new RetryingModelCalls(), Clock.systemUTC());
  }

  @Override
  public Sessions sessions() {
    return node.store().sessions();
  }

  @Override
  public Resources resources() {
    return node.store().resources();
  }

  @Override
  public Blobs blobs() {
    return node.store().blobs();
  }

  @Override
  public Models models() {
    return node.models();
  }

  @Override
  public Prices prices() {
    return node.prices();
  }

  @Override
  public Optional<String> defaultModel() {
    return node.defaultModel();
  }
}
