package dev.paddock.server.spi;

import dev.paddock.core.spi.Blobs;
import dev.paddock.core.spi.Resources;
import dev.paddock.core.spi.Sessions;
import dev.paddock.provider.Models;
import dev.paddock.provider.Prices;
import java.time.Clock;
import java.util.Optional;

/** What dialects work on. */
public interface Platform {
  Sessions sessions();

  Resources resources();

  Blobs blobs();

  Models models();

  Prices prices();

  ModelCalls modelCalls();

  Runner runner();

  Previews previews();

  Clock clock();

  /** The model of a request that names none. */
  Optional<String> defaultModel();
}
