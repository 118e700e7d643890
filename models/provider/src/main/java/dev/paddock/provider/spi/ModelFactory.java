package dev.paddock.provider.spi;

import java.util.List;

/** A source of models: a provider's service, or this process's own engine. */
public interface ModelFactory {
  /** The first part of its references, such as {@code openai}. */
  String provider();

  /** Whether what it needs is set; {@link #open} and {@link #list} may be called only then. */
  boolean configured();

  /** What a person sets so that it is configured, such as {@code set OPENAI_API_KEY}. */
  String howToConfigure();

  /** Makes a model ready without asking it anything. */
  Model open(String id);

  /** The models on offer now, asked for anew. */
  List<ModelListing> list();
}
