using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Logs messages that contain no user data.</summary>
internal static class ChannelExtensions
{
    extension(IChannel channel)
    {
        /// <summary>Logs an informational message.</summary>
        internal void Say(string message) => channel.Info(MessageSensitivity.None, "{0}", message);

        /// <summary>Logs a warning.</summary>
        internal void Warn(string message) => channel.Warning(MessageSensitivity.None, "{0}", message);
    }

    extension(IHost host)
    {
        /// <summary>Logs a warning in a channel of its own, unless it is null.</summary>
        internal void WarnOf(string? problem)
        {
            if (problem is not null)
            {
                using var channel = host.Start("Creation");
                channel.Warn(problem);
            }
        }
    }
}
