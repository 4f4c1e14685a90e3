using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Text;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Arguments;

/// <summary>Creates options whose values are checked before a command runs. An error states what was wrong and what is expected.</summary>
internal static class CommandOptions
{
    private static readonly string[] FileEndings = [".png", ".jpg", ".jpeg", ".html", ".json", ".zip", ".npy", ".csv"];

    private static readonly Dictionary<ImageCropping, (string Word, string Meaning)> Croppings = new()
    {
        [ImageCropping.Squash] = ("squash", "squash: the whole image, regardless of its aspect ratio, as in Hugging Face's processor."),
        [ImageCropping.CenterCrop] = ("center", "center: as in the paper's evaluation, the shorter side is resized to 224 pixels, then the center is cropped."),
        [ImageCropping.RandomCrop] = ("random", "random: as in the paper's training, the shorter side is resized to 256-384 pixels, then 224x224 are cropped."),
    };

    /// <summary>A number between two inclusive bounds; null if the option is not given.</summary>
    internal static Option<T?> Number<T>(string name, string description, T minimum, T maximum)
        where T : struct, INumber<T>
        => new(name)
        {
            Description = $"{description} ({Bounds(minimum, maximum)})",
            HelpName = "N",
            CustomParser = result => ParseNumber(name, result, minimum, maximum),
        };

    /// <summary>A number with a default.</summary>
    internal static Option<T> Number<T>(string name, string description, T minimum, T maximum, T value)
        where T : struct, INumber<T>
        => new(name)
        {
            Description = $"{description} ({Bounds(minimum, maximum)})",
            HelpName = "N",
            CustomParser = result => ParseNumber(name, result, minimum, maximum) ?? value,
            DefaultValueFactory = _ => value,
        };

    /// <summary>Comma-separated numbers; null if the option is not given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="description">The description, including the default.</param>
    /// <param name="minimum">The inclusive lower bound of each number.</param>
    /// <param name="expected">The expected values, for error messages.</param>
    /// <param name="helpName">The placeholder in the help.</param>
    /// <param name="count">The required number of values; null for any.</param>
    internal static Option<T[]?> Numbers<T>(string name, string description, T minimum, string expected, string helpName = "N,N", int? count = null)
        where T : struct, INumber<T>
        => new(name)
        {
            Description = description,
            HelpName = helpName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var numbers = text.Split(',').Select(part
                    => T.TryParse(part, IsWhole<T>() ? NumberStyles.AllowLeadingSign : NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && number >= minimum && T.IsFinite(number) ? number : (T?)null).ToList();
                if (!numbers.Contains(null) && (count ?? numbers.Count) == numbers.Count)
                {
                    return [.. numbers.Select(number => number!.Value)];
                }

                result.AddError($"{name} is '{text}'; expected {expected}.");
                return null;
            },
        };

    /// <summary>A data source.</summary>
    internal static Option<DataSource?> Data(string name, string description, bool heldOut)
        => new(name)
        {
            Description = description,
            HelpName = "DATA",
            CompletionSources = { _ => DataSource.Names.Select(each => new CompletionItem(each)) },
            CustomParser = result => Report(result, DataSource.Parse(result.Tokens[0].Value, heldOut, out var problem), problem),
        };

    /// <summary>The encoding of the lists of images; null if the option is not given.</summary>
    internal static Option<Encoding?> ListEncoding()
        => new("--encoding")
        {
            Description = "The encoding of csv:FILE, such as latin1 or windows-1252 [default: utf-8, or as a byte order mark says].",
            HelpName = "NAME",
            CustomParser = result => Report(result, FindEncoding(result.Tokens[0].Value),
                $"--encoding is '{result.Tokens[0].Value}'; expected the name of an encoding, such as utf-8, latin1 or windows-1252."),
        };

    /// <summary>The layers of a model.</summary>
    internal static Option<LayerSelection> Layers(string description)
        => new("--layers")
        {
            Description = description,
            HelpName = "LAYERS",
            CustomParser = result => Report(result, LayerSelection.Parse(result.Tokens[0].Value, out var problem), problem) ?? LayerSelection.All,
            DefaultValueFactory = _ => LayerSelection.All,
        };

    /// <summary>How images are cropped to squares; null if the option is not given.</summary>
    internal static Option<ImageCropping?> Cropping(string description, params ImageCropping[] accepted)
        => new("--crop")
        {
            Description = $"{description} {string.Join(" ", accepted.Select(cropping => Croppings[cropping].Meaning))}",
            HelpName = "WAY",
            CustomParser = result =>
            {
                foreach (var cropping in accepted.Where(cropping => Croppings[cropping].Word == result.Tokens[0].Value))
                {
                    return cropping;
                }

                result.AddError(
                    $"--crop is '{result.Tokens[0].Value}'; expected {string.Join(" or ", accepted.Select(cropping => Croppings[cropping].Word))}.");
                return null;
            },
        };

    /// <summary>Makes an option of a file to write refuse a name whose ending says another form, or none.</summary>
    internal static Option<T> EndsIn<T>(this Option<T> option, params string[] endings)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var path] && !endings.Contains(Path.GetExtension(path.Value), StringComparer.OrdinalIgnoreCase))
            {
                result.AddError($"{option.Name} is '{path.Value}'; expected a file name that ends in {string.Join(" or ", endings)}.");
            }
        });
        return option;
    }

    /// <summary>Makes an option of a folder to write refuse what is a file, or has the name of one.</summary>
    internal static Option<T> IsFolder<T>(this Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var path }]
                && (File.Exists(path) || FileEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)))
            {
                result.AddError($"{option.Name} is '{path}'; expected a folder, in which several files are written.");
            }
        });
        return option;
    }

    /// <summary>The path of a file to read or write.</summary>
    internal static Option<string> FilePath(string name, string description)
        => new(name) { Description = description, HelpName = "FILE", Required = true };

    /// <summary>The values of a multi-valued option; null if it is not given, where System.CommandLine returns an empty list.</summary>
    internal static T[]? Given<T>(ParseResult parsed, Option<T[]?> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static Encoding? FindEncoding(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static T? Report<T>(ArgumentResult result, T? value, string problem)
        where T : class
    {
        if (value is null)
        {
            result.AddError(problem);
        }

        return value;
    }

    private static T? ParseNumber<T>(string name, ArgumentResult result, T minimum, T maximum)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        var kind = IsWhole<T>() ? "a whole number" : "a number";
        result.AddError($"{name} is '{text}'; expected {kind}, {Bounds(minimum, maximum)}.");
        return null;
    }

    private static bool IsWhole<T>() => typeof(T) != typeof(double) && typeof(T) != typeof(float);

    private static string Bounds<T>(T minimum, T maximum)
        where T : INumber<T>
        => maximum > T.CreateSaturating(1_000_000_000) ? $"{Text(minimum)} or more" : $"{Text(minimum)} to {Text(maximum)}";

    private static string Text<T>(T value)
        where T : INumber<T>
        => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
