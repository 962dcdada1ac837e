// Days of the calendar.

const NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export const days = {
  weekday({ year, month, day }) {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    // A Date makes the 31st of April the 1st of May.
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) throw `no such day: ${year}-${month}-${day}`;
    return NAMES[date.getUTCDay()];
  },
};
