using Microsoft.ML.Data;
using Microsoft.Playwright;

namespace IGptMl.PublicApi.Tests;

/// <summary>The page in Chromium. Without one, the tests are skipped: .ci/run installs it where it can.</summary>
[TestClass]
public sealed class BrowserTests
{
    /// <summary>Names a folder for screenshots to look at.</summary>
    private const string ScreenshotVariable = "IGPTML_SCREENSHOTS";

    private static readonly string[] Paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly WorkFolder Folder = new();

    private static readonly Lazy<(string Model, string Run, string Classifier)> Trained = new(Train);

    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    private readonly List<string> _faults = [];

    [ClassInitialize]
    public static async Task StartBrowser(TestContext context)
    {
        if (Paths.FirstOrDefault(File.Exists) is { } path)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = ["--no-sandbox"] });
        }
    }

    [ClassCleanup]
    public static async Task EndBrowser()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        Folder.Dispose();
    }

    [TestMethod]
    public async Task Drop_ThenComplete_DrawsTheFreePixelsOnly()
    {
        using var served = await StartAsync();
        var page = await OpenAsync(served);
        await DropAsync(page, "cat.png", Picture());
        await StatusAsync(page, "cat.png is ready");
        await page.ClickAsync("#complete");
        await StatusAsync(page, "Done: 128 pixels");
        Assert.AreEqual(4, await page.Locator("#results canvas").CountAsync());
        var shown = await page.EvaluateAsync<int[][]>(
            "() => [document.querySelector('#tokens'), ...document.querySelectorAll('#results canvas')].map(c => "
            + "[...c.getContext('2d').getImageData(0, 0, 8, 8).data])");
        foreach (var completion in shown[1..])
        {
            CollectionAssert.AreEqual(shown[0][..128], completion[..128], "the kept half");
            Assert.IsTrue(completion.Chunk(4).All(pixel => pixel[3] == 255), "every pixel is drawn");
        }

        Assert.IsFalse(shown[1].SequenceEqual(shown[2]));

        // The same seed gives the same pictures, another one others.
        await page.ClickAsync("#complete");
        await StatusAsync(page, "Done: 128 pixels");
        var again = await FirstResultAsync(page);
        CollectionAssert.AreEqual(shown[1], again);
        await page.ClickAsync("#next");
        await StatusAsync(page, "Done: 128 pixels");
        var other = await FirstResultAsync(page);
        Assert.IsFalse(shown[1].SequenceEqual(other));

        await page.HoverAsync("#tokens", new() { Position = new() { X = 1, Y = 1 } });
        StringAssert.Matches(await page.InnerTextAsync("#pixel"), new("Row 1, column 1: token [0-9]+, #[0-9A-F]{6}, surprise 4.16 nats"));
    }

    [TestMethod]
    public async Task Keyboard_ChoosesMovesCompletesAndCancels()
    {
        using var served = await StartAsync(slow: true);
        var page = await OpenAsync(served);
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "a.png", MimeType = "image/png", Buffer = Picture() });
        await StatusAsync(page, "a.png is ready");
        await page.FocusAsync("#editor");
        await page.Keyboard.PressAsync("Shift+ArrowUp");
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.AreEqual("0 1 32 15", await KeptAsync(page));
        await page.FocusAsync("#seed");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.querySelector('#progress').value > 0.01");

        // In the middle, some pixels of a completion are drawn and others are not.
        var opaque = await page.EvaluateAsync<int>("() => [...document.querySelector('#results canvas').getContext('2d').getImageData(0, 0, 32, 32).data]"
            + ".filter((value, i) => i % 4 === 3 && value === 255).length");
        Assert.IsGreaterThan(32 * 15, opaque);
        Assert.IsLessThan(32 * 32, opaque);
        await ScreenshotAsync(page, "drawing");
        await page.FocusAsync("#cancel");
        await page.Keyboard.PressAsync("Enter");
        await StatusAsync(page, "Canceled.");
        Assert.AreEqual("complete", await page.EvaluateAsync<string>("() => document.activeElement.id"));

        // The model is free again at once: one pixel needs no wait for the others.
        await page.FillAsync("#completions", "1");
        await page.FillAsync("#keep-height", "31");
        await page.FillAsync("#keep-top", "0");
        await page.DispatchEventAsync("#keep-height", "change");
        await page.ClickAsync("#complete");
        await StatusAsync(page, "Done: 32 pixels");
    }

    [TestMethod]
    public async Task BadFile_IsNamed_AndThePictureBeforeStays()
    {
        using var served = await StartAsync();
        var page = await OpenAsync(served, expectedFaults: "400");
        await DropAsync(page, "cat.png", Picture());
        await StatusAsync(page, "cat.png is ready");
        await DropAsync(page, "letter.png", [.. "Dear reader, this is a letter and no picture."u8]);
        await Assertions.Expect(page.Locator("#problem")).ToContainTextAsync("letter.png: The file cannot be read as an image: it is not an image");
        await StatusAsync(page, "The picture before is still there.");
        await page.ClickAsync("#complete");
        await StatusAsync(page, "Done");
        Assert.AreEqual(string.Empty, await page.InnerTextAsync("#problem"));
    }

    [TestMethod]
    public async Task TwoTabs_TakeTurns_AndAClosedTabMakesRoom()
    {
        using var served = await StartAsync(slow: true);
        var (one, two) = (await OpenAsync(served), await OpenAsync(served));
        foreach (var page in (IPage[])[one, two])
        {
            await DropAsync(page, "a.png", Picture());
            await StatusAsync(page, "a.png is ready");
        }

        await one.ClickAsync("[data-keep=none]");
        await one.FillAsync("#completions", "8");
        await one.ClickAsync("#complete");
        await one.WaitForFunctionAsync("() => document.querySelector('#progress').value > 0");
        foreach (var (id, value) in new[] { ("#keep-height", "31"), ("#completions", "1") })
        {
            await two.FillAsync(id, value);
        }

        await two.DispatchEventAsync("#keep-height", "change");
        await two.ClickAsync("#complete");
        await StatusAsync(two, "Waiting: the model is drawing for another page.");
        await one.CloseAsync();
        await StatusAsync(two, "Done: 32 pixels");
    }

    [TestMethod]
    public async Task Mouse_DragsThePartToKeep()
    {
        using var served = await StartAsync();
        var page = await OpenAsync(served);
        await DropAsync(page, "a.png", Picture());
        await StatusAsync(page, "a.png is ready");
        await page.Locator("#editor").ScrollIntoViewIfNeededAsync();
        var box = (await page.Locator("#editor").BoundingBoxAsync())!;
        var cell = box.Width / 8;
        await page.Mouse.MoveAsync(box.X + (5.5f * cell), box.Y + (6.5f * cell));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (2.5f * cell), box.Y + (1.5f * cell));
        await page.Mouse.UpAsync();
        await page.Mouse.MoveAsync(box.X + 1, box.Y + 1);
        Assert.AreEqual("2 1 4 6", await KeptAsync(page));
    }

    [TestMethod]
    [DataRow(360, ColorScheme.Dark)]
    [DataRow(1600, ColorScheme.Light)]
    public async Task Page_FitsTheScreen_AndFollowsItsColors(int width, ColorScheme scheme)
    {
        var (model, run, classifier) = Trained.Value;
        using var served = await ServedTool.StartAsync("--model", model, "--run", run, "--classifier", classifier);
        var page = await OpenAsync(served, new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        await DropAsync(page, "a picture with a long name that has no place on a small screen.png", Picture());
        await page.ClickAsync("#complete");
        await StatusAsync(page, "Done");
        await page.Locator("#sheets img").First.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(page.Locator("#run-state")).ToHaveTextAsync("Finished.");
        await Assertions.Expect(page.Locator("#sheets img")).ToHaveCountAsync(3);
        Assert.IsGreaterThan(40, (await page.GetAttributeAsync("#curve polyline", "points"))!.Split(' ').Length);
        Assert.IsGreaterThan(0, await page.Locator("#classes tr").CountAsync());
        Assert.IsLessThanOrEqualTo(width, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        var paper = await page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        Assert.AreEqual(scheme == ColorScheme.Dark ? "rgb(20, 23, 27)" : "rgb(255, 255, 255)", paper);
        Assert.AreEqual(string.Empty, await page.EvaluateAsync<string>(
            "() => [...document.querySelectorAll('input, button, [role=img], meter, progress')].filter(e => e.checkVisibility() && !(e.labels?.length "
            + "|| e.ariaLabel || e.textContent.trim())).map(e => e.outerHTML).join()"), "everything that is used has a name");
        await ScreenshotAsync(page, $"{width}-{scheme}");
    }

    [TestCleanup]
    public void NothingFailedInTheBrowser() => Assert.AreEqual(string.Empty, string.Join('\n', _faults));

    /// <summary>Serves a model of 8x8 pixels and 64 colors, or one of 32x32 pixels that takes seconds for a completion.</summary>
    private static async Task<ServedTool> StartAsync(bool slow = false)
    {
        var path = Folder.Combine(slow ? "slow.zip" : "fast.zip");
        if (!File.Exists(path))
        {
            var config = slow
                ? new ImageGptConfig { ImageSize = 32, Colors = 64, EmbeddingSize = 320, Heads = 8, Layers = 24 }
                : new ImageGptConfig { ImageSize = 8, Colors = 64, EmbeddingSize = 16, Heads = 2, Layers = 2 };
            byte[] colors = [.. Enumerable.Range(0, 64).SelectMany(i => (byte[])[(byte)(85 * (i & 3)), (byte)(85 * ((i >> 2) & 3)), (byte)(85 * (i >> 4))])];
            using var model = ImageGptModel.CreateUntrained(config, Palette.FromColors(colors));
            model.Save(path);
        }

        return await ServedTool.StartAsync("--model", path);
    }

    /// <summary>A small model that was trained in a run of its own, and a classifier on it.</summary>
    private static (string Model, string Run, string Classifier) Train()
    {
        var (model, run, classifier) = (Folder.Combine("model.zip"), Folder.Combine("run"), Folder.Combine("classifier.zip"));
        ServedTool.Run("pretrain", "--data", "shapes:300", "--image-size", "12", "--colors", "64", "--embedding-size", "32", "--layers", "3", "--heads", "2",
            "--batch-size", "8", "--steps", "60", "--samples", "20", "--checkpoints", run, "--metrics-interval", "1", "--validation-fraction", "0.1",
            "--out", model);
        ServedTool.Run("probe", "--model", model, "--data", "shapes:96", "--test", "shapes:48", "--out", classifier);
        return (model, run, classifier);
    }

    /// <summary>A PNG file with a gradient and a square.</summary>
    private static byte[] Picture()
    {
        const int Side = 64;
        var pixels = new byte[4 * Side * Side];
        for (var i = 0; i < Side * Side; i++)
        {
            var (x, y) = (i % Side, i / Side);
            byte[] color = x is > 21 and < 43 && y is > 21 and < 43 ? [230, 60, 40, 255] : [(byte)(4 * x), (byte)(3 * y), 160, 255];
            color.CopyTo(pixels, 4 * i);
        }

        var path = Folder.Combine("picture.png");
        using var image = MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Rgba32, pixels);
        image.Save(path);
        return File.ReadAllBytes(path);
    }

    private static async Task StatusAsync(IPage page, string text)
        => await Assertions.Expect(page.Locator("#status")).ToContainTextAsync(text, new() { Timeout = 60_000 });

    private static async Task<string> KeptAsync(IPage page)
        => string.Join(' ', await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('fieldset input')].map(e => e.value)"));

    private static Task<int[]> FirstResultAsync(IPage page) => page.EvaluateAsync<int[]>(
        "() => [...document.querySelector('#results canvas').getContext('2d').getImageData(0, 0, 8, 8).data]");

    /// <summary>Drops a file on the page, as from a file manager.</summary>
    private static async Task DropAsync(IPage page, string name, byte[] content)
    {
        var transfer = await page.EvaluateHandleAsync(
            "([name, base64]) => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name)); "
            + "return data; }",
            new object[] { name, Convert.ToBase64String(content) });
        await page.DispatchEventAsync("#drop", "drop", new { dataTransfer = transfer });
    }

    /// <summary>Opens the page, and notes what fails in the browser and every request to elsewhere.</summary>
    private async Task<IPage> OpenAsync(ServedTool served, BrowserNewPageOptions? options = null, string expectedFaults = "never")
    {
        if (_browser is null)
        {
            Assert.Inconclusive($"There is no Chromium: none of {string.Join(", ", Paths)} exists.");
        }

        var page = await _browser.NewPageAsync(options);
        page.Console += (_, message) => Note(message.Type == "error" && !message.Text.Contains(expectedFaults, StringComparison.Ordinal), message.Text);
        page.PageError += (_, message) => Note(true, message);
        page.Request += (_, request) => Note(!request.Url.StartsWith(served.Address.ToString(), StringComparison.Ordinal)
            && !request.Url.StartsWith("data:", StringComparison.Ordinal), request.Url);
        await page.GotoAsync(served.Address.ToString());
        await Assertions.Expect(page.Locator("#model-facts")).ToContainTextAsync("parameters");
        return page;

        void Note(bool isFault, string text)
        {
            if (isFault)
            {
                _faults.Add(text);
            }
        }
    }

    private static async Task ScreenshotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable(ScreenshotVariable) is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }
}
