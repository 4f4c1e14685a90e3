using IGptMl;
using IGptMl.Hosting;
using IGptMl.Likelihood;
using IGptMl.Pretraining;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Class used by <see cref="MLContext"/> to create instances of image generation components.</summary>
public sealed class ImageGenerationCatalog
{
    private readonly MLContext _environment;

    internal ImageGenerationCatalog(MLContext environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _environment = environment;
        Trainers = new ImageGenerationTrainers(environment);
    }

    /// <summary>The list of trainers for image generation.</summary>
    public ImageGenerationTrainers Trainers { get; }

    /// <summary>Evaluates how well a pretrained model predicts images.</summary>
    /// <param name="data">Data transformed by an <see cref="ImageGptTransformer"/>.</param>
    /// <param name="natsPerTokenColumnName">The column of nats per token, <see cref="float"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows to evaluate.</exception>
    /// <example>
    /// <code language="csharp">
    /// using var measure = ml.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model).Fit(tokens);
    /// ImageGenerationMetrics metrics = ml.ImageGeneration.Evaluate(measure.Transform(tokens));
    /// Console.WriteLine($"{metrics.NatsPerToken:F3} nats per token, {metrics.BitsPerDimension:F3} bits per dimension");
    /// </code>
    /// </example>
    public ImageGenerationMetrics Evaluate(IDataView data, string natsPerTokenColumnName = LikelihoodColumns.NatsPerToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        const string role = "nats per token";
        var column = SchemaErrors.Require(data.Schema, _environment, role, natsPerTokenColumnName);
        if (column.Type != NumberDataViewType.Single)
        {
            throw SchemaErrors.Mismatch(_environment, role, column.Name, "Single", column.Type.ToString() ?? string.Empty);
        }

        double sum = 0;
        long count = 0, skipped = 0;
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<float>(column);
        float nats = 0;
        while (cursor.MoveNext())
        {
            getter(ref nats);
            if (float.IsNaN(nats))
            {
                skipped++;
            }
            else
            {
                sum += nats;
                count++;
            }
        }

        return count > 0
            ? new ImageGenerationMetrics(sum / count, count, skipped)
            : throw new InvalidOperationException(
                $"There is nothing to evaluate: column '{column.Name}' holds no value{(skipped > 0 ? $" in {skipped} rows" : string.Empty)}.");
    }

    /// <summary>Samples images from a pretrained model, unconditionally.</summary>
    /// <param name="model">An autoregressive model with a palette; the caller still owns it.</param>
    /// <param name="count">The number of images, 1 to 1,000,000.</param>
    /// <param name="options">How tokens are sampled; null means as in the paper, at temperature 1 from all colors.</param>
    /// <returns>
    /// One row per image: "Image" (<see cref="MLImage"/> of the model's size), "Tokens" (as QuantizeToPalette outputs them) and "Seed" (<see cref="int"/>; with
    /// it in <see cref="SamplingOptions.Seeds"/>, the same image is drawn again). All images are sampled before the method returns.
    /// </returns>
    /// <exception cref="ArgumentException">The model is masked, or has no palette or no language-model head.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count or options are out of range; all are reported together.</exception>
    /// <exception cref="OperationCanceledException">The cancellation token of the options was canceled.</exception>
    /// <exception cref="InvalidOperationException">The requested GPU is not available, or the model's logits are NaN.</exception>
    /// <example>
    /// <code language="csharp">
    /// IDataView drawn = ml.ImageGeneration.Sample(model, count: 16, new() { Temperature = 0.95, Seed = 1 });
    /// using var picture = ImageGrid.Create(drawn, ["Image"], abreast: 4);
    /// picture.Save("samples.png");
    /// </code>
    /// </example>
    public IDataView Sample(ImageGptModel model, int count, SamplingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return SampledImages.Create(_environment, model, count, options ?? new SamplingOptions());
    }

    /// <summary>Class used by <see cref="MLContext"/> to create instances of image generation trainers.</summary>
    public sealed class ImageGenerationTrainers
    {
        private readonly IHostEnvironment _environment;

        internal ImageGenerationTrainers(IHostEnvironment environment) => _environment = environment;

        /// <summary>Create an <see cref="ImageGptTrainer"/>, which pretrains an Image GPT on images alone.</summary>
        /// <param name="inputColumnName">The token column, as QuantizeToPalette outputs it.</param>
        /// <param name="model">The architecture; null means <see cref="ImageGptConfig.Small"/>.</param>
        /// <param name="steps">The number of optimization steps.</param>
        /// <param name="batchSize">The number of images per step.</param>
        /// <param name="learningRate">The peak learning rate.</param>
        /// <exception cref="ArgumentOutOfRangeException">An argument is out of range; all are reported together.</exception>
        /// <example>
        /// <code language="csharp">
        /// var config = ImageGptConfig.Tiny with { ImageSize = 8, Colors = 16 };
        /// IDataView tokens = ml.Transforms.QuantizeToPalette("Tokens", "Image", imageSize: 8, colors: 16).Fit(images).Transform(images);
        /// using var gpt = ml.ImageGeneration.Trainers.ImageGpt("Tokens", config, steps: 20, batchSize: 4, learningRate: 0.004).Fit(tokens);
        /// gpt.Model.Save("pretrained.zip");
        /// </code>
        /// </example>
        public ImageGptTrainer ImageGpt(string inputColumnName = "Tokens", ImageGptConfig? model = null, long steps = 1_000_000, int batchSize = 128,
            double learningRate = 0.003)
            => ImageGpt(inputColumnName, new ImageGptTrainer.Options
                { Model = model ?? ImageGptConfig.Small, Steps = steps, BatchSize = batchSize, LearningRate = learningRate });

        /// <summary>Create an <see cref="ImageGptTrainer"/> with advanced options.</summary>
        /// <param name="inputColumnName">The token column, instead of the options' name.</param>
        /// <param name="options">The advanced options.</param>
        /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
        /// <example>
        /// <code language="csharp">
        /// var options = ImageGptTrainer.Options.Tiny with
        /// {
        ///     Model = ImageGptConfig.Tiny with { ImageSize = 8, Colors = 16 },
        ///     Steps = 20,
        ///     BatchSize = 4,
        ///     Optimizer = ImageGptOptimizer.Muon,
        /// };
        /// IDataView tokens = ml.Transforms.QuantizeToPalette("Tokens", "Image", imageSize: 8, colors: 16).Fit(images).Transform(images);
        /// using var gpt = ml.ImageGeneration.Trainers.ImageGpt("Tokens", options).Fit(tokens);
        /// </code>
        /// </example>
        [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // so that new() { … } means options
        public ImageGptTrainer ImageGpt(string inputColumnName, ImageGptTrainer.Options options)
        {
            ArgumentNullException.ThrowIfNull(options);
            return ImageGpt(options with { InputColumnName = inputColumnName });
        }

        /// <summary>Create an <see cref="ImageGptTrainer"/> with advanced options, column name included.</summary>
        /// <param name="options">The advanced options.</param>
        /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
        /// <example>
        /// <code language="csharp">
        /// var config = ImageGptConfig.Tiny with { ImageSize = 8, Colors = 16 };
        /// var options = new ImageGptTrainer.Options { InputColumnName = "Tokens", Model = config, Steps = 20, BatchSize = 4 };
        /// var trainer = ml.ImageGeneration.Trainers.ImageGpt(options);
        /// </code>
        /// </example>
        public ImageGptTrainer ImageGpt(ImageGptTrainer.Options options) => new(_environment, options);
    }
}
