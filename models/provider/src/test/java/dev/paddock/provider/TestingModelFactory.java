package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelListing;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A provider with the given models. */
final class TestingModelFactory implements ModelFactory {
  final List<String> opened = new ArrayList<>();
  int lists;
  int closed;
  boolean listFails;
  private final String provider;
  private final boolean configured;
  private final List<String> ids;

  TestingModelFactory(String provider, boolean configured, String... ids) {
    this.provider = provider;
    this.configured = configured;
    this.ids = List.of(ids);
  }

  @Override
  public String provider() {
    return provider;
  }

  @Override
  public boolean configured() {
    return configured;
  }

  @Override
  public String howToConfigure() {
    return "set " + provider.toUpperCase(java.util.Locale.ROOT) + "_API_KEY";
  }

  @Override
  public Model open(String id) {
    opened.add(id);
    return new Model() {
      @Override
      public ModelDescription description() {
        return new ModelDescription(provider + "/" + id, 1, 1, Set.of());
      }

      @Override
      public ModelStream stream(ModelRequest request) {
        throw new AssertionError("not asked");
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }

  @Override
  public List<ModelListing> list() {
    lists++;
    if (listFails) {
      throw new ModelException(ErrorCode.UNAVAILABLE, provider + " is down");
    }
    return ids.stream().map(ModelListing::of).toList();
  }
}
