using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;

namespace IGptMl.Tests.Hosting;

/// <summary>Non-public members of the real ML.NET assemblies, by reflection. The error for a missing member names it.</summary>
internal static class MLNet
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly[] Assemblies = [Assembly.Load("Microsoft.ML.Core"), Assembly.Load("Microsoft.ML.Data")];

    /// <summary>The type, of any visibility.</summary>
    internal static Type Type(string name) =>
        Assemblies.Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is not null) ?? throw Gone(name, "type");

    /// <summary>The method with exactly these parameters and that return type.</summary>
    internal static MethodInfo Method(Type type, string name, Type returns, params Type[] parameters)
        => type.GetMethod(name, Any, parameters) is { } method && method.ReturnType == returns
            ? method
            : throw Gone($"{type}.{name}", $"method ({string.Join(", ", parameters.Select(p => p.Name))}) : {returns.Name}");

    /// <summary>The generic method with exactly these type arguments, these parameters and that return type.</summary>
    internal static MethodInfo Generic(Type type, string name, Type[] arguments, Type returns, params Type[] parameters)
        => type.GetMethods(Any)
            .Where(method => method.Name == name && method.IsGenericMethodDefinition && method.GetGenericArguments().Length == arguments.Length)
            .Select(method => method.MakeGenericMethod(arguments))
            .FirstOrDefault(method => method.ReturnType == returns && method.GetParameters().Select(p => p.ParameterType).SequenceEqual(parameters))
            ?? throw Gone($"{type}.{name}", $"generic method ({string.Join(", ", parameters.Select(p => p.Name))}) : {returns.Name}");

    /// <summary>The constructor with exactly these parameters.</summary>
    internal static ConstructorInfo Constructor(Type type, params Type[] parameters)
        => type.GetConstructor(Any, parameters) ?? throw Gone(type.FullName!, $"constructor ({string.Join(", ", parameters.Select(p => p.Name))})");

    /// <summary>The property or field of that type.</summary>
    internal static Func<object, object?> Value(Type type, string name, Type returns)
    {
        if (type.GetProperty(name, Any) is { } property && property.PropertyType == returns)
        {
            return property.GetValue;
        }

        return type.GetField(name, Any) is { } field && field.FieldType == returns
            ? field.GetValue
            : throw Gone($"{type}.{name}", $"property or field of {returns}");
    }

    /// <summary>Calls a method. An exception of the method itself is rethrown unwrapped.</summary>
    internal static object? Call(MethodBase method, object? target, params object?[] arguments)
    {
        try
        {
            return method is ConstructorInfo constructor ? constructor.Invoke(arguments) : method.Invoke(target, arguments);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static AssertFailedException Gone(string name, string kind)
        => new($"ML.NET {typeof(MLContext).Assembly.GetName().Version} has no {kind} '{name}' any more. IGptMl.Hosting uses it.");
}
