package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The wire names of the event records and the shape of each, read from their annotations. */
final class EventTypes {
  private static final Map<String, EventShape> BY_NAME = new HashMap<>();
  private static final Map<Class<?>, EventShape> BY_CLASS = new HashMap<>();

  static {
    for (Class<?> nested : SessionEvent.class.getDeclaredClasses()) {
      JsonTypeName name = nested.getAnnotation(JsonTypeName.class);
      if (name != null) {
        EventShape shape = EventShape.of(name.value(), nested.asSubclass(SessionEvent.class));
        BY_NAME.put(shape.name(), shape);
        BY_CLASS.put(nested, shape);
      }
    }
  }

  private EventTypes() {}

  static String nameOf(SessionEvent event) {
    return shapeOf(event).name();
  }

  static EventShape shapeOf(SessionEvent event) {
    EventShape shape = BY_CLASS.get(event.getClass());
    if (shape == null) {
      throw new IllegalStateException("no wire name for " + event.getClass());
    }
    return shape;
  }

  static Optional<EventShape> find(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** A record's wire name and its fields other than {@code id}. */
  record EventShape(String name, Class<? extends SessionEvent> type, List<Field> fields) {
    static EventShape of(String name, Class<? extends SessionEvent> type) {
      List<Field> fields =
          Stream.of(type.getRecordComponents())
              .filter(part -> !part.getName().equals("id"))
              .map(part -> Field.of(part.getName(), part.getAccessor(), part.getGenericType()))
              .toList();
      return new EventShape(name, type, fields);
    }
  }

  /** One field: {@code type} is what stands inside an {@code Optional}. */
  record Field(String name, Method accessor, Type type, boolean required) {
    static Field of(String javaName, Method accessor, Type declared) {
      JsonProperty named = accessor.getAnnotation(JsonProperty.class);
      String name = named == null ? javaName : named.value();
      boolean optional =
          declared instanceof ParameterizedType p && p.getRawType() == Optional.class;
      Type type = optional ? ((ParameterizedType) declared).getActualTypeArguments()[0] : declared;
      boolean primitive = declared instanceof Class<?> c && c.isPrimitive();
      return new Field(name, accessor, type, !optional && !primitive);
    }

    Optional<?> valueIn(SessionEvent event) {
      try {
        Object value = accessor.invoke(event);
        return value instanceof Optional<?> optional ? optional : Optional.of(value);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
